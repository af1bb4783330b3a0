import Bridge
import GWS
import Logging
import RawJSON

/// Asks GWS which calls are over, in a session of its own for each agent, which it never logs in or out at the contact
/// centre.
actor CallInquiry {
    typealias Answering = @Sendable (Letter) async -> CallState

    private struct Subject: Hashable {
        let agent: String
        let call: String
    }

    private let agents: [String: AgentCredentials]
    private let transport: HTTPTransport
    private var sessions: [String: AgentSession] = [:]
    private var known: [Subject: CallState] = [:]

    private init(_ agents: [AgentConfiguration], _ transport: HTTPTransport) {
        self.agents = Dictionary(agents.map { ($0.name, $0.credentials) }) { first, _ in first }
        self.transport = transport
    }

    /// - Parameter body: gets what answers; without GWS's address or the agents that answers why it cannot.
    static func withInquiry<Result>(
        _ settings: Settings, _ body: (@escaping Answering) async throws -> Result
    ) async throws -> Result {
        let (server, agents): (GWSServer, [AgentConfiguration])
        do {
            (server, agents) = (try settings.server(), try settings.agents())
        } catch {
            return try await body { letter in
                letter.address.callID == nil ? .live : .unknown(reason: "\(error)")
            }
        }
        return try await HTTPTransport.withTransport(to: server) { transport in
            let inquiry = CallInquiry(agents, transport)
            do {
                let result = try await body { await inquiry.state(of: $0) }
                await inquiry.end()
                return result
            } catch {
                await inquiry.end()
                throw error
            }
        }
    }

    private func state(of letter: Letter) async -> CallState {
        guard let call = letter.address.callID else { return .live }
        // As the bridge does: where there is a single agent, there is no need to name it.
        guard let agent = letter.address.agent ?? (agents.count == 1 ? agents.keys.first : nil) else {
            return .unknown(reason: "the command names no agent")
        }
        guard let credentials = agents[agent] else {
            return .unknown(reason: "agent \(agent) is not among the configured ones")
        }
        let subject = Subject(agent: agent, call: call)
        if let state = known[subject] { return state }
        let state = await ask(session(of: credentials), for: call)
        known[subject] = state
        return state
    }

    private func ask(_ session: AgentSession, for call: String) async -> CallState {
        do {
            guard let answer = try await session.call(call) else { return .over }
            return answer["call"]?["state"]?.string == "Released" ? .over : .live
        } catch {
            return .unknown(reason: "\(error)")
        }
    }

    private func session(of credentials: AgentCredentials) -> AgentSession {
        if let session = sessions[credentials.agent] { return session }
        let session = AgentSession(
            credentials: credentials, transport: transport, subscriptions: [], acknowledge: false,
            logger: .silent)
        sessions[credentials.agent] = session
        return session
    }

    private func end() async {
        for session in sessions.values { await session.end() }
    }
}
