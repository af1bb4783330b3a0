import AMQP
import Bridge

/// Whether exchanges and queues are there, and are what the bridge takes them for.
///
/// That they are bound is not looked at: AMQP tells of no binding. A bridge that declares binds them at each start.
struct TopologyCheck: Sendable {
    let configuration: BridgeConfiguration
    let names: Names
    let topology: BridgeTopology
    let version: BrokerVersion?
    let probe: BrokerProbe

    func findings() async -> [Finding] {
        var findings: [Finding] = []
        for exchange in topology.exchanges { findings.append(await check(exchange)) }
        // Where the bridge leaves all alone, what it does not use itself is the site's own affair.
        let isLeftAlone = configuration.topology == .none
        let foreign = isLeftAlone ? [] : await checkAlternate(topology.foreignExchanges)
        for queue in topology.queues where !isLeftAlone || queue.name != names.eventStream {
            findings.append(await check(queue))
        }
        return gathered(findings) + foreign
    }

    private func check(_ exchange: Exchange) async -> Finding {
        let name = "exchange \(exchange.name)"
        do {
            try await probe.link { try await $0.declare(exchange, passively: true) }
        } catch {
            return missing(name, error)
        }
        let difference = await difference { try await $0.declare(exchange) }
        return difference.finding(name, beside: "is there", in: self)
    }

    private func check(_ queue: Queue) async -> Finding {
        let name = "queue \(queue.name)"
        let status: QueueStatus
        do {
            status = try await probe.link { try await $0.declare(queue, passively: true) }
        } catch {
            return missing(name, error)
        }
        let found = "\(status.messages) messages, \(status.consumers) consumers"
        let difference = await difference { _ = try await $0.declare(queue) }
        let finding = difference.finding(name, beside: found, in: self)
        guard finding.status == .ok, queue.name == names.deadLetters, status.messages > 0 else {
            return finding
        }
        return Finding(
            name, .warning, finding.message,
            remedy: "Commands failed: see gws-bridge dead-letters list, and replay or drop them.")
    }

    private func checkAlternate(_ exchanges: [String]) async -> [Finding] {
        var findings: [Finding] = []
        for exchange in exchanges {
            let name = "exchange \(exchange)"
            do {
                try await probe.link {
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
                    findings.append(Finding(name, .failure, "\(error)", remedy: Self.again))
                    continue
                }
                let failure = BridgeFailure(missingAlternate: exchange)
                findings.append(Finding(name, .failure, "is not there", remedy: failure.description))
            }
        }
        return findings
    }

    private static let again = "Run the check once more."

    private func missing(_ name: String, _ error: AMQPError) -> Finding {
        guard case .channelClosed(404, let text, _) = error, !text.contains("is down or inaccessible") else {
            return Finding(
                name, .failure, "\(error)", remedy: "See whether all of the broker's nodes are up.")
        }
        guard configuration.topology == .declare else {
            // A site may keep its dead letters elsewhere.
            let isElsewhere = configuration.topology == .none && name == "queue \(names.deadLetters)"
            return Finding(
                name, isElsewhere ? .warning : .failure, "is not there",
                remedy: "Declare it, or set amqp.topology to declare.")
        }
        return Finding(name, .ok, "is not there yet; the bridge will declare it")
    }

    // MARK: - What is there

    fileprivate enum Difference {
        case none
        /// In the broker's words.
        case some(String)
        case unseen(String)
    }

    /// What is there is not changed by being declared: the broker only compares.
    private func difference(_ declare: @Sendable (AMQPConnection) async throws -> Void) async -> Difference {
        guard configuration.topology != .none else { return .none }
        do {
            try await probe.link(declare)
            return .none
        } catch {
            switch error {
            case .channelClosed(406, let text, _): return .some(text)
            case .channelClosed(403, _, _): return .unseen("for want of permission to declare it")
            default: return .unseen("\(error)")
            }
        }
    }

    /// On a broker that the bridge has not been on, one line says it all.
    private func gathered(_ findings: [Finding]) -> [Finding] {
        let isAbsent = findings.allSatisfy { $0.message.hasPrefix("is not there yet") }
        guard isAbsent, findings.count > 1 else { return findings }
        return [Finding("topology", .ok, "no exchanges and queues yet; the bridge will declare them")]
    }
}

extension TopologyCheck.Difference {
    fileprivate func finding(_ name: String, beside found: String, in check: TopologyCheck) -> Finding {
        switch self {
        case .none: Finding(name, .ok, found)
        case .unseen(let reason): Finding(name, .ok, "\(found); its arguments were not looked at \(reason)")
        // The bridge would not begin with it.
        case .some(let text) where check.configuration.topology == .declare:
            Finding(name, .failure, text, remedy: BridgeFailure.remedy(forOtherArguments: text))
        case .some(let text):
            QueueDifference(text)?.finding(name, on: check.version)
                ?? Finding(
                    name, .warning, text,
                    remedy: "See whether that is meant; the bridge would declare it otherwise.")
        }
    }
}
