internal import AMQP
internal import GWS
internal import Metrics

/// What the bridge counts and measures, for an operator; no ids in labels, and a bounded number of them.
public struct BridgeMetrics: Sendable {
    /// From a command's arrival to GWS's yes.
    let commandAccepted: Timer
    /// From a command's arrival to its final outcome.
    let commandFinal: Timer
    /// What it takes to have a group of entries in the ledger.
    let ledgerCommit: Timer
    /// Commands that are being POSTed.
    let commandsInFlight: Meter
    /// Commands held that wait for their turn.
    let commandsWaiting: Meter
    /// Agents to whose GWS nothing is sent for now.
    let breakersOpen: Meter
    let duplicates: Counter
    let retries: Counter
    /// Replies whose requester had gone.
    private let returned: Counter
    /// By exchange: messages of the bridge's own that no queue took.
    private let unroutable: CounterFamily<String>
    private let commands: CounterFamily<Ending>

    private struct Ending: Hashable {
        let operation: String
        let outcome: CommandOutcome.Kind
    }

    init(_ factory: any MetricsFactory) {
        func counter(_ name: Name) -> Counter { Counter(label: name.label, factory: factory) }
        func meter(_ name: Name) -> Meter { Meter(label: name.label, factory: factory) }
        func timer(_ name: Name) -> Timer { Timer(label: name.label, factory: factory) }
        commandAccepted = timer(.commandAccepted)
        commandFinal = timer(.commandFinal)
        ledgerCommit = timer(.ledgerCommit)
        commandsInFlight = meter(.commandsInFlight)
        commandsWaiting = meter(.commandsWaiting)
        breakersOpen = meter(.breakersOpen)
        duplicates = counter(.duplicates)
        retries = counter(.retries)
        returned = counter(.returned)
        unroutable = CounterFamily(Name.unroutable.label, factory) { [("exchange", $0)] }
        commands = CounterFamily(Name.commands.label, factory) {
            [("operation", $0.operation), ("outcome", $0.outcome.rawValue)]
        }
    }

    /// Counts a command that has its final outcome. One that the catalogue does not know counts with the others.
    func ended(_ operation: String?, as outcome: CommandOutcome.Kind) {
        let known = operation.flatMap(OperationCatalogue.named)?.name
        commands[Ending(operation: known ?? "-", outcome: outcome)].increment()
    }

    /// Counts what was mandatory and came back. RabbitMQ (seen with 3.10) returns replies to a direct reply-to where they
    /// arrive, too.
    func returned(_ message: AMQPMessage) {
        // Replies go by the default exchange.
        if !message.exchange.isEmpty {
            unroutable[message.exchange].increment()
        } else if !message.routingKey.hasPrefix("amq.rabbitmq.reply-to.") {
            returned.increment()
        }
    }

    /// A sentence for each name.
    public static var descriptions: [String: String] {
        Dictionary(uniqueKeysWithValues: Name.allCases.map { ($0.label, $0.description) })
    }
}

extension BridgeMetrics {
    private enum Name: String, CaseIterable {
        case commands = "commands_total"
        case commandAccepted = "command_accepted_seconds"
        case commandFinal = "command_final_seconds"
        case commandsInFlight = "commands_in_flight"
        case commandsWaiting = "commands_waiting"
        case duplicates = "duplicates_total"
        case retries = "retries_total"
        case breakersOpen = "breakers_open"
        case returned = "returned_total"
        case unroutable = "unroutable_total"
        case ledgerCommit = "ledger_commit_seconds"

        var label: String { "gws_bridge_" + rawValue }

        var description: String {
            switch self {
            case .commands: "Commands by their final outcome; operations that are not in the catalogue are -."
            case .commandAccepted: "Time from a command's arrival until GWS accepted it."
            case .commandFinal:
                "Time from a command's arrival until its final outcome, rejected ones left out."
            case .commandsInFlight: "Commands that are being sent to GWS."
            case .commandsWaiting: "Commands that wait for their turn to be sent."
            case .duplicates: "Commands that were answered with the outcome of an earlier one of the same id."
            case .retries: "Commands that were sent to GWS again."
            case .breakersOpen: "Agents for whom nothing is sent while their GWS is down."
            case .returned:
                "Replies whose requester had gone, but for those to a direct reply-to: the broker does not tell."
            case .unroutable: "Messages that no queue was bound for, by exchange."
            case .ledgerCommit: "Time to write a group of entries to the ledger."
            }
        }
    }
}
