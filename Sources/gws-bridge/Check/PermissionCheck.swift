import AMQP
import Bridge

/// Whether the user may do on the broker what the bridge does there.
struct PermissionCheck: Sendable {
    let configuration: BridgeConfiguration
    let names: Names
    let topology: BridgeTopology
    let version: BrokerVersion?
    let probe: BrokerProbe

    func findings() async -> [Finding] {
        var findings: [Finding] = []
        if configuration.topology == .declare { findings.append(await declaring()) }
        findings.append(await publishing())
        findings.append(await consuming())
        return findings + [await canary(), await others()].compactMap(\.self)
    }

    private func declaring() async -> Finding {
        var answers: [(what: String, answer: BrokerProbe.Answer)] = []
        for exchange in topology.exchanges {
            answers.append((exchange.name, await probe.declaring(exchange)))
        }
        for queue in topology.queues { answers.append((queue.name, await probe.declaring(queue))) }
        for binding in topology.bindings {
            answers.append(("bindings of \(binding.source)", await probe.binding(binding)))
        }
        return Self.finding(
            "permission to declare", answers,
            remedy:
                "Give the user configure, write and read permission on \(names.prefix).*, or let an administrator "
                + "declare them and set amqp.topology to check.")
    }

    private func publishing() async -> Finding {
        let agent = configuration.agents.first?.name ?? "-"
        let targets = [
            (names.events, "session.\(agent).Started"), (names.outcomes, "agent.\(agent).Ready.confirmed"),
            (names.deadLetters, "rejected.malformed"), (names.commands, "command.\(agent).Ready"),
            (names.commands, Marker.routingKey(of: 0)),
            // Replies go there, each to the queue that its command names.
            ("", "gws-bridge check"),
        ]
        var answers: [(what: String, answer: BrokerProbe.Answer)] = []
        for (exchange, key) in targets {
            let answer = await probe.publishing(to: exchange, routingKey: key)
            answers.append((exchange.isEmpty ? "amq.default (replies)" : exchange, answer))
        }
        let found = Self.finding(
            "permission to publish", answers,
            remedy:
                "Give the user write permission on \(Self.refused(answers)), and topic permissions, where there "
                + "are any, for all keys.")
        guard found.status == .ok, version?.looksAtTopicsFirst != true else { return found }
        return Finding(
            found.name, .ok,
            "\(found.message); topic permissions, if there are any, are not seen on this version")
    }

    private func consuming() async -> Finding {
        var answers: [(what: String, answer: BrokerProbe.Answer)] = []
        let shards = Shards(configuration.commands.shards)
        for queue in shards.all.map({ names.commands(of: $0, shards) }) + [names.undelivered] {
            answers.append((queue, await probe.consuming(from: queue)))
        }
        return Self.finding(
            "permission to consume", answers,
            remedy: "Give the user read permission on \(Self.refused(answers)).")
    }

    private func canary() async -> Finding? {
        await hearing(
            names.canary, "permission for the canary",
            "the bridge can see by confirms only whether the broker still works")
    }

    private func others() async -> Finding? {
        await hearing(
            names.others, "permission to hear other processes",
            "the bridge does not hear what other processes have done before it takes over from them")
    }

    /// Without a queue of its own for it the bridge goes on, and hears less.
    private func hearing(_ head: String, _ name: String, _ consequence: String) async -> Finding? {
        let queue = Queue(
            name: "\(head).check", durable: false, exclusive: true, autoDelete: true,
            arguments: ["x-queue-type": "classic"])
        var answer = await probe.declaring(queue)
        if answer == .permitted { answer = await probe.consuming(from: queue.name) }
        guard case .refused(let text) = answer else { return nil }
        return Finding(
            name, .warning, "\(consequence): \(text)",
            remedy: "Give the user configure, write and read permission on \(head).*.")
    }

    private static func refused(_ answers: [(what: String, answer: BrokerProbe.Answer)]) -> String {
        answers.filter { if case .refused = $0.answer { true } else { false } }.map(\.what).unique
            .joined(separator: ", ")
    }

    private static func finding(
        _ name: String, _ answers: [(what: String, answer: BrokerProbe.Answer)], remedy: String
    ) -> Finding {
        for case .refused(let text) in answers.map(\.answer) {
            return Finding(name, .failure, "not for \(refused(answers)): \(text)", remedy: remedy)
        }
        for case (let what, .unclear(let reason)) in answers {
            return Finding(
                name, .warning, "was not seen for \(what): \(reason)", remedy: "Run the check once more.")
        }
        return Finding(name, .ok, answers.map(\.what).unique.joined(separator: ", "))
    }
}

extension [String] {
    /// Each once, in their order.
    fileprivate var unique: [String] { reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
}
