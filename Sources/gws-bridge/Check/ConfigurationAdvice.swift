import AMQP
import Bridge
import Foundation
import GWS

/// What of the configuration is allowed and yet unsafe, or contradicts itself. Pure.
struct ConfigurationAdvice: Sendable {
    let configuration: BridgeConfiguration

    var findings: [Finding] {
        let found = [heartbeat, request, stop, subscriptions, plainBroker, plainGWS, sharedUsers]
            .compactMap(\.self)
        return found.isEmpty ? [Finding("configuration", .ok, "nothing in it contradicts the rest")] : found
    }

    private func warning(_ message: String, remedy: String) -> Finding {
        Finding("configuration", .warning, message, remedy: remedy)
    }

    private var heartbeat: Finding? {
        let noticed = configuration.broker.heartbeat * 2
        guard noticed > configuration.commands.lifetime else { return nil }
        return warning(
            "a broker that has fallen silent is noticed after \(noticed), when commands of commands.lifetime "
                + "\(configuration.commands.lifetime) are over",
            remedy: "Set amqp.heartbeat to less than half of commands.lifetime.")
    }

    private var request: Finding? {
        let timeout = configuration.server.requestTimeout
        guard timeout >= configuration.commands.lifetime else { return nil }
        return warning(
            "one request may take \(timeout), as long as a command lives: nothing is ever tried again",
            remedy: "Set gws.request-timeout to less than commands.lifetime.")
    }

    private var stop: Finding? {
        let timeout = configuration.server.requestTimeout
        guard configuration.shutdownTimeout < timeout else { return nil }
        return warning(
            "a stop is cut short after \(configuration.shutdownTimeout), while GWS may be waited for \(timeout): of "
                + "commands under way then it is not known whether GWS got them",
            remedy: "Set shutdown.timeout to more than gws.request-timeout.")
    }

    private var subscriptions: Finding? {
        let ofCalls = ["/v2/me/calls", "/v2/me/*", "/v2/me/**", "/v2/**", "/**"]
        guard !configuration.subscriptions.contains(where: ofCalls.contains) else { return nil }
        return warning(
            "nothing of calls is subscribed: no change of a call becomes an event, and commands are confirmed by "
                + "reading only",
            remedy: "Add /v2/me/* to gws.subscriptions.")
    }

    private var plainBroker: Finding? {
        let hosts = configuration.broker.endpoints.filter { !$0.usesTLS && !Self.isLoopback($0.host) }.map(
            \.host)
        guard !hosts.isEmpty else { return nil }
        return warning(
            "password and calls go to \(hosts.joined(separator: ", ")) unencrypted",
            remedy: "Let amqp.url begin with amqps:// and set amqp.tls.ca-file.")
    }

    private var plainGWS: Finding? {
        guard let url = URLComponents(string: configuration.server.url), url.scheme?.lowercased() == "http",
            let host = url.host, !Self.isLoopback(host)
        else { return nil }
        return warning(
            "the agents' passwords go to \(host) unencrypted", remedy: "Let gws.url begin with https://.")
    }

    private var sharedUsers: Finding? {
        let users = Dictionary(grouping: configuration.agents, by: \.credentials.userName)
        guard let (user, agents) = users.filter({ $1.count > 1 }).min(by: { $0.key < $1.key }) else {
            return nil
        }
        let names = agents.map(\.name).joined(separator: ", ")
        return warning(
            "the agents \(names) are one user of GWS, \(user): each call's events are published more than once",
            remedy: "Leave all but one of them out of agents-file.")
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host.hasPrefix("127.") || ["::1", "[::1]"].contains(host)
    }
}
