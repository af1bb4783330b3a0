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
    /// Shards that there are, and those of them that this process serves.
    let shards: Meter
    let shardsActive: Meter
    let duplicates: Counter
    let retries: Counter
    /// Replies whose requester had gone.
    private let returned: Counter
    /// Messages of the bridge's own that no queue took.
    private let unroutable: CounterFamily<Unheard>
    private let commands: CounterFamily<Ending>
    let events: EventMetrics
    let links: LinkMetrics

    private struct Ending: Hashable {
        let operation: String
        let outcome: CommandOutcome.Kind
    }

    private struct Unheard: Hashable {
        let exchange: String
        let kind: MessageKind
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
        shards = meter(.shards)
        shardsActive = meter(.shardsActive)
        duplicates = counter(.duplicates)
        retries = counter(.retries)
        returned = counter(.returned)
        unroutable = CounterFamily(Name.unroutable.label, factory) {
            [("exchange", $0.exchange), ("kind", $0.kind.rawValue)]
        }
        commands = CounterFamily(Name.commands.label, factory) {
            [("operation", $0.operation), ("outcome", $0.outcome.rawValue)]
        }
        events = EventMetrics(factory)
        links = LinkMetrics(factory)
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
            let kind = MessageKind(routingKey: message.routingKey)
            unroutable[Unheard(exchange: message.exchange, kind: kind)].increment()
        } else if !message.routingKey.hasPrefix("amq.rabbitmq.reply-to.") {
            returned.increment()
        }
    }

    /// A sentence for each name.
    public static var descriptions: [String: String] {
        Dictionary(uniqueKeysWithValues: Name.allCases.map { ($0.label, $0.description) })
    }
}
