import AMQP
import Bridge
import GWS
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// Every outcome that a command may have, with every reason for it.
struct OutcomeTableTests {
    /// Those that it takes more than one bridge in this process to bring about, and who does.
    static let elsewhere: Set<String> = [
        "expired queue-ttl",  // UndeliveredTests
        "unknown delivery-limit",  // UndeliveredTests
        "unknown redelivered",  // LedgerTests
        "unreachable connect",  // AbsentGWSTests
    ]

    @Test func `every outcome is brought about with every reason`() {
        let possible = CommandOutcome.Kind.allCases.flatMap { kind in
            kind.reasons.isEmpty ? [kind.rawValue] : kind.reasons.map { "\(kind.rawValue) \($0)" }
        }
        let here = Self.rows.map(\.expected)
        #expect(Set(here).union(Self.elsewhere) == Set(possible))
        #expect(Set(here).count == here.count)
        #expect(Self.elsewhere.isDisjoint(with: here))
    }

    @Test(.timeLimit(.minutes(3)))
    func `a command ends as what happened to it, is told so once, and is put aside where GWS did not answer`()
        async throws
    {
        try await Stage.run(agents: (5001...5005).map(String.init)) {
            $0.commands.confirmWithin = .milliseconds(400)
            $0.commands.lifetime = .seconds(10)
            $0.server.requestTimeout = .seconds(4)
            $0.permissions.rules = [.init(users: ["guest"], operations: ["Hold"], agents: ["*"])]
        } _: { stage in
            var ids: [String] = []
            for row in Self.rows {
                let call = try await stage.scene.calls(1, of: [row.agent])[0].id
                try await stage.whenEstablished(call, of: row.agent)
                let id = try await row.bringAbout(stage, call)
                try await Self.check(row, id, stage)
                ids.append(id)
                await stage.simulator.removeFaults()
                await stage.simulator.releaseParked()
                await stage.simulator.end(call: call)
            }
            try await Self.checkThatNoMoreWasSaid(of: zip(Self.rows, ids).map { ($0, $1) }, stage)
        }
    }

    private static func check(_ row: OutcomeRow, _ id: String, _ stage: Stage) async throws {
        let outcome = try await stage.client.outcome(of: id)
        let words = [outcome.outcome, outcome.reason].compactMap(\.self).joined(separator: " ")
        #expect(words == row.expected, "\(outcome.message.text)")
        #expect(outcome.message.properties.type == outcome.outcome)
        #expect(outcome.message.properties.messageID == "\(id)/\(outcome.outcome ?? "")")
        #expect(outcome.message.routingKey.hasSuffix(".\(outcome.outcome ?? "")"))
        #expect((outcome.json["detail"] != nil) == (row.reason != nil), "\(row.expected)")
        let reply = try await stage.client.finalReply(to: id)
        #expect(reply.message.body == outcome.message.body)
        if try row.isDeadLettered {
            let letter = try await stage.client.deadLetter { $0.properties.correlationID == id }
            #expect(letter.routingKey == "\(row.outcome).\(row.reason ?? "")")
        }
    }

    /// Long after the first word on each: whatever else there was to say was said.
    private static func checkThatNoMoreWasSaid(of commands: [(OutcomeRow, id: String)], _ stage: Stage)
        async throws
    {
        for queue in ["commands", "commands.undelivered", "client", "client.replies"] {
            try await eventually(within: .seconds(30), "nothing is left in \(queue)") {
                try await stage.scene.depth(of: queue) == 0
            }
        }
        let letters = stage.client.inbox.messages.filter { $0.exchange == "\(stage.prefix).dead-letters" }
        for (row, id) in commands {
            #expect(try stage.client.replies(to: id).count == 1, "\(row.expected)")
            #expect(try stage.client.outcomes(of: id).count(where: \.isFinal) == 1, "\(row.expected)")
            let count = letters.count { $0.properties.correlationID == id }
            #expect(try count == (row.isDeadLettered ? 1 : 0), "\(row.expected)")
        }
    }
}
