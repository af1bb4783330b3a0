public import Bayeux
import NIOHTTP1
import RawJSON

// What only somebody wants to know who looks whether all is well.
extension AgentSession {
    /// What GWS runs on (`GET /services`); nil where it does not say.
    public func backEnds() async throws(GWSError) -> [BackEnd]? {
        guard let services = try await read("/services?fields=*")["services"] else { return nil }
        return services.elements.compactMap { service in
            guard let type = service["type"]?.string, let state = service["state"]?.string else { return nil }
            return BackEnd(type: type, isActive: state == "Active")
        }
    }

    /// To be asked when logged in.
    public var csrf: CSRFOffer {
        guard let name = headers.csrfName else { return .none }
        return headers.httpSession == nil ? .withoutSession : .token(header: name)
    }

    /// What the server's clock shows; nil where it does not tell. Needs no log-in.
    public func clock() async throws(GWSError) -> ServerClock? {
        let sent = Self.nowInMilliseconds
        let response = try await get("/diagnostics/version", login: nil)
        guard let date = response.headers.first(name: "Date").flatMap(HTTPDate.seconds) else { return nil }
        return ServerClock(date: date * 1000, sent: sent, received: Self.nowInMilliseconds)
    }

    /// What the server's CometD offers. It is asked in a session of its own that is left at once.
    public func notificationOffer() async throws -> BayeuxOffer {
        try await logIn()
        return try await BayeuxOffer.ask(over: Inquiry(session: self))
    }

    fileprivate func send(_ request: BayeuxRequest) async throws -> [UInt8] {
        let path = "/notifications"
        let response: HTTPTransport.Response
        do {
            response = try await transport.send(
                HTTPTransport.Request(
                    method: .POST, path: path,
                    headers: requestHeaders(for: path), body: request.body,
                    timeout: transport.server.requestTimeout))
        } catch {
            throw GWSError(error, doing: "the handshake")
        }
        // Its cookie says whose session it is.
        absorb(response, path: path)
        guard response.status == 200 else { throw GWSError(response, now: Self.now) }
        return response.body
    }
}

/// Bayeux over an agent's HTTP session, for a question.
private struct Inquiry: BayeuxTransport {
    let session: AgentSession

    func send(_ request: BayeuxRequest) async throws -> [UInt8] { try await session.send(request) }
}
