import Bayeux
import Bridge
import GWS
import Logging

/// Whether GWS is there, is well, and lets each agent in.
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
        // Whoever does not tell the version may not tell the time either.
        if let clock = try? await first.clock() { findings.append(ClockAdvice.finding(clock)) }
        // One after another: a check must not be what overloads GWS.
        var admitted: AgentSession?
        var agents: [Set<String>: [String]] = [:]
        for session in sessions {
            let login = await agent(session)
            findings.append(login)
            guard login.status == .ok else { continue }
            admitted = admitted ?? session
            // That they cannot be read keeps no command from being sent.
            guard let features = try? await session.features() else { continue }
            agents[features, default: []].append(session.credentials.agent)
        }
        if let admitted { findings += await services(admitted) }
        // Features are granted to a contact centre: mostly all its agents have the same.
        return findings
            + agents.sorted { $0.value[0] < $1.value[0] }.map {
                FeatureAdvice(granted: $0.key, agents: $0.value, permissions: configuration.permissions)
                    .finding
            }
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
        } catch {
            let remedy =
                switch error {
                case .loginRefused: "See the user name and password of this agent."
                case .unexpectedAnswer: "See gws.url: is it GWS that answers there?"
                default: "See whether GWS is well; the bridge would go on trying."
                }
            return Finding(name, .failure, "user \(credentials.userName): \(error)", remedy: remedy)
        }
        let found = "logged in as \(credentials.userName)"
        switch await session.csrf {
        case .none: return Finding(name, .ok, "\(found); GWS wants no CSRF token")
        case .token(let header): return Finding(name, .ok, "\(found); CSRF token in \(header)")
        case .withoutSession:
            return Finding(
                name, .failure,
                "\(found), but without the cookie JSESSIONID: GWS will take no CSRF token of this agent",
                remedy: "See whether a proxy at gws.url keeps the cookie JSESSIONID back.")
        }
    }

    /// What is the same for all agents. The handshake is no more than what a bridge does at its start beside the
    /// agent's desktop: a session of its own, with cookies of its own, and here one that is left at once.
    private func services(_ session: AgentSession) async -> [Finding] {
        var findings: [Finding] = []
        do {
            findings.append(BackEndAdvice.finding(try await session.backEnds()))
        } catch {
            findings.append(Finding("gws services", .ok, "GWS does not tell its services: \(error)"))
        }
        let advice = NotificationAdvice(acknowledge: configuration.acknowledge)
        do {
            findings.append(advice.finding(try await session.notificationOffer()))
        } catch {
            findings.append(advice.finding(error))
        }
        return findings
    }
}
