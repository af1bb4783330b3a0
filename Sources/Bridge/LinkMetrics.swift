internal import AMQP
internal import Metrics
internal import NIOConcurrencyHelpers

/// What is counted and measured of the connections to the broker.
struct LinkMetrics: Sendable {
    private typealias Name = BridgeMetrics.Name

    /// The bridge has one of each.
    enum Link: Hashable, Sendable {
        case publishing, consuming
    }

    private let reconnects: Counter
    private let unconfirmed: Meter
    private let blocked: Meter
    private let stalls: Counter
    private let canaryFailures: CounterFamily<Vigil.Missing>
    private let history = NIOLockedValueBox(History())

    private struct History {
        var known: Set<Link> = []
        /// As many as were counted.
        var stalls = 0
    }

    init(_ factory: any MetricsFactory) {
        reconnects = Counter(label: Name.reconnects.label, factory: factory)
        unconfirmed = Meter(label: Name.unconfirmed.label, factory: factory)
        blocked = Meter(label: Name.blocked.label, factory: factory)
        stalls = Counter(label: Name.stalls.label, factory: factory)
        canaryFailures = CounterFamily(Name.canaryFailures.label, factory) { [("missing", $0.rawValue)] }
    }

    /// Counts a connection, unless it is the first.
    func connected(_ link: Link) {
        let isFirst = history.withLockedValue { $0.known.insert(link).inserted }
        if !isFirst { reconnects.increment() }
    }

    /// Counts what the canary did not bring back.
    func canaryFailed(_ missing: Vigil.Missing) { canaryFailures[missing].increment() }

    /// Tells how publishing stands.
    ///
    /// - Parameter status: nil without a connection.
    func show(_ status: ConnectionStatus?) {
        unconfirmed.set(status?.unconfirmed ?? 0)
        blocked.set(status?.isBlocked == true ? 1 : 0)
        let all = AMQPConnection.libraryStalls
        let more = history.withLockedValue { history in
            defer { history.stalls = max(history.stalls, all) }
            return max(all - history.stalls, 0)
        }
        stalls.increment(by: more)
    }
}
