import AMQP
import Bridge
import Logging

/// Whether the broker is there, lets us in, and has the exchanges and queues.
struct BrokerCheck: Sendable {
    let configuration: BridgeConfiguration

    func findings() async -> [Finding] {
        var findings: [Finding] = []
        do {
            findings.append(
                try await link { link in
                    let server = link.server
                    return Finding("broker", .ok, "\(server.product) \(server.version) at \(server.endpoint)")
                })
        } catch {
            let failure = CommandFailure(error, names: names)
            let remedy =
                failure.code == .unavailable
                ? "See amqp.url, and whether the broker runs and can be reached from here." : nil
            return [Finding("broker", .failure, failure.description, remedy: remedy)]
        }
        guard configuration.topology != .none else { return findings }
        let names = Names(prefix: configuration.prefix)
        let topology = BridgeTopology(
            names: names, deliveryLimit: configuration.commands.deliveryLimit, events: configuration.events)
        for exchange in topology.exchanges { findings.append(await check(exchange)) }
        let foreign = await checkAlternate(topology.foreignExchanges)
        for queue in topology.queues {
            findings.append(await check(queue, holdsFailures: queue.name == names.deadLetters))
        }
        return Self.gathered(findings) + foreign
    }

    private var names: String { "\(configuration.prefix).*" }

    /// A connection each: the broker closes the channel when something is not there, and that is the end of it.
    private func link<Result: Sendable>(
        _ body: @Sendable (AMQPConnection) async throws -> Result
    ) async throws(AMQPError) -> Result {
        do {
            return try await AMQPConnection.withConnection(
                to: configuration.broker, name: "gws-bridge check", logger: .silent, body)
        } catch {
            throw error as? AMQPError ?? .disconnected(reason: "\(error)")
        }
    }

    // MARK: - Topology

    private func check(_ exchange: Exchange) async -> Finding {
        let name = "exchange \(exchange.name)"
        do {
            try await link { link in
                try await link.declare(exchange, passively: true)
                // What is there is not changed by it: the broker only compares.
                if configuration.topology == .declare { try await link.declare(exchange) }
            }
            return Finding(name, .ok, "is there")
        } catch {
            return missing(name, error)
        }
    }

    private func check(_ queue: Queue, holdsFailures: Bool) async -> Finding {
        let name = "queue \(queue.name)"
        do {
            let status = try await link { link in
                let status = try await link.declare(queue, passively: true)
                if configuration.topology == .declare { _ = try await link.declare(queue) }
                return status
            }
            let found = "\(status.messages) messages, \(status.consumers) consumers"
            guard holdsFailures, status.messages > 0 else { return Finding(name, .ok, found) }
            return Finding(
                name, .warning, found,
                remedy: "Commands failed: see gws-bridge dead-letters list, and replay or drop them.")
        } catch {
            return missing(name, error)
        }
    }

    private func checkAlternate(_ exchanges: [String]) async -> [Finding] {
        var findings: [Finding] = []
        for exchange in exchanges {
            let name = "exchange \(exchange)"
            do {
                try await link {
                    try await $0.declare(Exchange(name: exchange, kind: .topic), passively: true)
                }
                // The stream takes all.
                guard configuration.events.stream != nil else {
                    findings.append(Finding(name, .ok, "is there"))
                    continue
                }
                findings.append(
                    Finding(
                        name, .warning, "will get no events: the stream is bound for all of them",
                        remedy: "Leave events.alternate-exchange or events.stream.enabled out."))
            } catch {
                guard case .channelClosed(404, _, _) = error else {
                    findings.append(Finding(name, .failure, "\(error)"))
                    continue
                }
                let failure = BridgeFailure(missingAlternate: exchange)
                findings.append(Finding(name, .failure, "is not there", remedy: failure.description))
            }
        }
        return findings
    }

    private func missing(_ name: String, _ error: AMQPError) -> Finding {
        if case .channelClosed(406, let text, _) = error {
            return Finding(name, .failure, text, remedy: BridgeFailure.remedy(forOtherArguments: text))
        }
        guard case .channelClosed(404, _, _) = error else { return Finding(name, .failure, "\(error)") }
        guard configuration.topology == .declare else {
            return Finding(
                name, .failure, "is not there", remedy: "Declare it, or set amqp.topology to declare.")
        }
        return Finding(name, .ok, "is not there yet; the bridge will declare it")
    }

    /// On a broker that the bridge has not been on, one line says it all.
    private static func gathered(_ findings: [Finding]) -> [Finding] {
        let absent = findings.filter { $0.message.hasPrefix("is not there yet") }
        guard absent.count == findings.count - 1, absent.count > 1 else { return findings }
        return [
            findings[0],
            Finding("topology", .ok, "no exchanges and queues yet; the bridge will declare them"),
        ]
    }
}
