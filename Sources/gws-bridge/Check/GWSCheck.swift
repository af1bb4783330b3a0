import Bridge
import GWS
import Logging

/// Whether GWS is there, and lets each agent in.
struct GWSCheck: Sendable {
    let configuration: BridgeConfiguration

    func findings() async -> [Finding] {
        do {
            return try await HTTPTransport.withTransport(to: configuration.server) { transport in
                await findings(over: transport)
            }
        } catch {
            return [Finding("gws", .failure, "\(error)", remedy: "See gws.url and gws.tls.ca-file.")]
        }
    }

    private func findings(over transport: HTTPTransport) async -> [Finding] {
        let sessions = configuration.agents.map {
            AgentSession(
                credentials: $0.credentials, transport: transport, subscriptions: configuration.subscriptions,
                acknowledge: configuration.acknowledge, logger: .silent)
        }
        guard let first = sessions.first else { return [] }
        var findings = [await server(first)]
        guard findings[0].status != .failure else { return findings }
        // One after another: a check must not be what overloads GWS.
        var agents: [Set<String>: [String]] = [:]
        for session in sessions {
            let login = await agent(session)
            findings.append(login)
            // That they cannot be read keeps no command from being sent.
            guard login.status == .ok, let features = try? await session.features() else { continue }
            agents[features, default: []].append(session.credentials.agent)
        }
        // Features are granted to a contact centre: mostly all its agents have the same.
        return findings + agents.sorted { $0.value[0] < $1.value[0] }.map(Self.features)
    }

    private func server(_ session: AgentSession) async -> Finding {
        let url = configuration.server.url
        do {
            guard let version = try await session.version() else {
                return Finding(
                    "gws", .warning, "\(url) answers, but does not tell its version",
                    remedy: "See gws.url: is it GWS?")
            }
            return Finding("gws", .ok, "GWS \(version) at \(url)")
        } catch {
            switch error {
            // Some sites do not let the version be read. Whether it is GWS is seen when the agents log in.
            case .refused: return Finding("gws", .ok, "GWS at \(url) does not tell its version")
            case .unexpectedAnswer:
                return Finding(
                    "gws", .warning, "\(url): \(error)", remedy: "See gws.url: is it GWS that answers there?")
            default:
                return Finding(
                    "gws", .failure, "\(url): \(error)",
                    remedy: "See gws.url, and whether GWS runs and can be reached from here.")
            }
        }
    }

    private func agent(_ session: AgentSession) async -> Finding {
        let credentials = session.credentials
        let name = "agent \(credentials.agent)"
        do {
            try await session.logIn()
            return Finding(name, .ok, "logged in as \(credentials.userName)")
        } catch {
            let remedy =
                switch error {
                case .loginRefused: "See the user name and password of this agent."
                case .unexpectedAnswer: "See gws.url: is it GWS that answers there?"
                default: "See whether GWS is well; the bridge would go on trying."
                }
            return Finding(name, .failure, "user \(credentials.userName): \(error)", remedy: remedy)
        }
    }

    /// Which operations GWS will refuse these agents, because their contact centre was not granted them.
    private static func features(_ granted: Set<String>, of agents: [String]) -> Finding {
        let refused = OperationCatalogue.all.filter { !granted.isSuperset(of: $0.features) }
        let missing = Set(refused.flatMap(\.features)).subtracting(granted).sorted()
        let some = agents.prefix(3).joined(separator: ", ")
        let name = "features of \(some)" + (agents.count > 3 ? " and \(agents.count - 3) more" : "")
        guard !missing.isEmpty else { return Finding(name, .ok, "all that the operations need") }
        let message =
            "without \(missing.joined(separator: ", ")): GWS will refuse "
            + refused.map(\.name).joined(separator: ", ")
        // Many a site records no calls and supervises nobody; without voice there is nothing to do here.
        guard !granted.contains("api-voice") else { return Finding(name, .ok, message) }
        return Finding(
            name, .warning, message, remedy: "Have api-voice assigned to the contact centre of these agents.")
    }
}
