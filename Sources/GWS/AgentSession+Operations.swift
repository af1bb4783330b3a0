import NIOConcurrencyHelpers
import NIOHTTP1
public import RawJSON

// Operations, and reading what there is. None of it waits for the poll.
extension AgentSession {
    /// Sends an operation. Logs in first if it must, and renews a stale log-in once.
    ///
    /// - Parameters:
    ///   - deadline: Unix milliseconds; a log-in that takes longer ends it, and nothing is sent.
    ///   - mayGo: Asked at the last moment, each time that it is about to be sent.
    public func perform(
        _ operation: OperationRequest, before deadline: Int64 = .max,
        if mayGo: @escaping @Sendable () -> Bool = { true }
    ) async -> Outcome {
        let posted = await post(
            operation.body, to: operation.path, adding: operation.traceHeaders, before: deadline, if: mayGo)
        noteCommand(operation, posted)
        return posted.outcome
    }

    /// What a POST came to.
    struct Posted {
        var outcome: Outcome
        /// Of the answer, if there was one.
        var body: [UInt8] = []
        /// The log-in and the HTTP session that it was sent with; nil if it was not sent.
        var sentWith: (login: Int, httpSession: Int)?
    }

    func post(
        _ body: [UInt8], to path: String, adding headers: [(name: String, value: String)] = [],
        before deadline: Int64, leaving: Bool = false, if mayGo: @escaping @Sendable () -> Bool = { true }
    ) async -> Posted {
        var stale: Int?
        while true {
            let login: Int
            do throws(GWSError) {
                login = try await logIn(renewing: stale, before: deadline, leaving: leaving)
            } catch {
                return Posted(outcome: Outcome(beforeSending: error))
            }
            guard holds(login, leaving: leaving) else { continue }
            guard Self.nowInMilliseconds < deadline else {
                let detail = "logging in took longer than the command's time"
                return Posted(outcome: Outcome(.unreachable(.noSession), detail: detail))
            }
            guard mayGo() else {
                let detail = "it must not be sent any more by this process"
                return Posted(outcome: Outcome(.unreachable(.noSession), detail: detail))
            }
            let sentWith = (login, httpSession)
            var request = HTTPTransport.Request(
                method: .POST, path: path, headers: requestHeaders(for: path),
                body: body, timeout: transport.server.requestTimeout
            ) {
                // A connection may have to be opened first, and that takes its time.
                mayGo() && Self.nowInMilliseconds < deadline
            }
            for header in headers { request.headers.add(name: header.name, value: header.value) }
            let response: HTTPTransport.Response
            do throws(HTTPTransport.Failure) {
                response = try await transport.send(request)
            } catch {
                return Posted(outcome: Outcome(error, now: Self.now), sentWith: sentWith)
            }
            absorb(response, of: login, path: path)
            let outcome = Outcome(response, now: Self.now)
            guard outcome.isAboutLogin, stale == nil else {
                return Posted(outcome: outcome, body: response.body, sentWith: sentWith)
            }
            stale = login
        }
    }

    /// All calls of the agent, as GWS gives them: `{"statusCode":0,"calls":[…]}`.
    public func calls(before deadline: Int64 = .max) async throws(GWSError) -> RawJSON {
        try await read("/me/calls?fields=*", before: deadline)
    }

    /// One call: `{"statusCode":0,"call":{…}}`; nil if there is no such call.
    public func call(_ id: String, before deadline: Int64 = .max) async throws(GWSError) -> RawJSON? {
        let path = try "/me/calls/" + PathSegment.encoded(id, of: "call")
        do {
            return try await read(path, before: deadline)
        } catch .refused(let status, let code, _) where status == 404 || code == 6 {
            return nil
        } catch .unexpectedAnswer(Self.notFound) {
            return nil
        }
    }

    /// All devices of the agent: `{"statusCode":0,"devices":[…]}`.
    public func devices(before deadline: Int64 = .max) async throws(GWSError) -> RawJSON {
        try await read("/me/devices?fields=*", before: deadline)
    }

    /// GWS's version. Needs no log-in.
    public func version() async throws(GWSError) -> String? {
        let response = try await get("/diagnostics/version", login: nil)
        // What is not JSON is reported for what it is.
        guard let json = try? RawJSON(response.body, limits: .gws) else {
            throw GWSError(response, now: Self.now)
        }
        let version = json["version"]?.string
        statusBox.withLockedValue { $0.serverVersion = version }
        return version
    }

    /// Opens the session, to see whether GWS lets the agent in.
    public func logIn() async throws(GWSError) {
        _ = try await logIn(renewing: nil)
    }

    private static var notFound: String { "HTTP 404" }

    func read(_ path: String, before deadline: Int64 = .max) async throws(GWSError) -> RawJSON {
        var stale: Int?
        while true {
            let login = try await logIn(renewing: stale, before: deadline)
            guard holds(login) else { continue }
            let response = try await get(path, login: login)
            let answer = GWSAnswer(response.body)
            let isStale = response.status == 401 || answer.statusCode == 20 || response.isAboutCSRF
            if isStale, stale == nil {
                stale = login
                continue
            }
            if isStale { throw .loginRefused(answer.statusMessage ?? "HTTP \(response.status)") }
            // JSON it is, its statusCode was legible.
            guard response.status == 200, answer.statusCode == 0,
                let json = try? RawJSON(response.body, limits: .gws)
            else { throw GWSError(response, now: Self.now) }
            return json
        }
    }

    func get(_ path: String, login: Int?) async throws(GWSError) -> HTTPTransport.Response {
        do {
            let response = try await transport.send(
                HTTPTransport.Request(
                    method: .GET, path: path, headers: requestHeaders(for: path),
                    timeout: transport.server.requestTimeout))
            if let login { absorb(response, of: login, path: path) }
            return response
        } catch {
            throw GWSError(error, doing: "reading")
        }
    }
}

extension OperationRequest {
    fileprivate var traceHeaders: [(name: String, value: String)] {
        guard let traceparent, TraceContext.isTraceparent(traceparent) else { return [] }
        let state = tracestate.flatMap { TraceContext.isTracestate($0) ? ("tracestate", $0) : nil }
        return [("traceparent", traceparent)] + [state].compactMap(\.self)
    }
}
