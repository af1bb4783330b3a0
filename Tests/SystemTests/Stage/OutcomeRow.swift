import AMQP
import Bridge
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// A row of the table of outcomes, and how it comes about.
struct OutcomeRow: Sendable {
    let outcome: String
    let reason: String?
    let agent: String
    /// Gets a call of the agent's that is established, and returns the command's id.
    let bringAbout: @Sendable (Stage, String) async throws -> String

    init(
        _ outcome: String, _ reason: String? = nil, agent: String = "5001",
        _ bringAbout: @escaping @Sendable (Stage, String) async throws -> String
    ) {
        self.outcome = outcome
        self.reason = reason
        self.agent = agent
        self.bringAbout = bringAbout
    }

    var expected: String { [outcome, reason].compactMap(\.self).joined(separator: " ") }

    var isDeadLettered: Bool {
        get throws { try #require(CommandOutcome.Kind(rawValue: outcome)).isDeadLettered }
    }

    /// A command that one fault is the undoing of.
    static func fault(
        _ outcome: String, _ reason: String, agent: String = "5001", _ action: Fault.Action,
        _ operation: String, _ members: String = "",
        change: @escaping @Sendable (inout Properties) -> Void = { _ in }
    ) -> OutcomeRow {
        OutcomeRow(outcome, reason, agent: agent) { stage, call in
            await stage.simulator.inject(Fault(action, method: "POST", body: operation, times: nil))
            return try await stage.client.send(
                members: #""operationName":"\#(operation)""# + members, agent: agent, call: call,
                change: change)
        }
    }

    /// A command that says the wrong thing.
    static func wrong(_ reason: String, _ body: @escaping @Sendable (String) -> String) -> OutcomeRow {
        OutcomeRow("rejected", reason) { stage, call in
            try await stage.client.send(Array(body(call).utf8))
        }
    }
}
