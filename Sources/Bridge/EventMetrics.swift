internal import AMQP
internal import GWS
internal import Metrics

/// What is counted and measured of events, and of the sessions and the spool that they come through.
struct EventMetrics: Sendable {
    private typealias Name = BridgeMetrics.Name

    /// Of an event: from its arrival until it was safe.
    private let latency: Timer
    /// From GWS's time stamp until its arrival.
    private let delay: Timer
    private let events: CounterFamily<EventLabels>
    private let gaps: CounterFamily<SessionMessage.GapReason>
    private let restarts: Counter
    private let sessions: [SessionState: Meter]
    private let pollAge: Meter
    private let spoolEvents: Meter
    private let spoolBytes: Meter
    private let spoolAge: Meter
    private let spoolDropped: Counter
    private let refusals: Counter

    init(_ factory: any MetricsFactory) {
        func meter(_ name: Name) -> Meter { Meter(label: name.label, factory: factory) }
        latency = Timer(label: Name.eventLatency.label, factory: factory)
        delay = Timer(label: Name.eventDelay.label, factory: factory)
        events = CounterFamily(Name.events.label, factory) {
            [("channel", $0.channel), ("type", $0.type), ("origin", $0.origin)]
        }
        gaps = CounterFamily(Name.gaps.label, factory) { [("reason", $0.rawValue)] }
        restarts = Counter(label: Name.sessionRestarts.label, factory: factory)
        sessions = Dictionary(
            uniqueKeysWithValues: SessionState.allCases.map { state in
                let labels = [("state", state.rawValue)]
                return (state, Meter(label: Name.sessions.label, dimensions: labels, factory: factory))
            })
        pollAge = meter(.pollAge)
        spoolEvents = meter(.spoolEvents)
        spoolBytes = meter(.spoolBytes)
        spoolAge = meter(.spoolAge)
        refusals = Counter(label: Name.eventsRefused.label, factory: factory)
        spoolDropped = Counter(label: Name.spoolDropped.label, factory: factory)
    }

    /// Counts events that are safe now: the broker has confirmed them, or the spool holds them.
    ///
    /// - Parameter now: Unix milliseconds.
    func took(_ taken: [SpooledEvent], at now: Int64) {
        for event in taken {
            let labels = EventLabels(event.message)
            events[labels].increment()
            let headers = event.message.properties.headers
            // What the bridge itself says, or has read, has waited for nothing.
            guard labels.origin == "live", headers["gws-channel"] != nil else { continue }
            latency.recordMilliseconds(max(now - event.at, 0))
            // Where GWS's clock goes ahead of ours there is nothing to be learnt.
            if let generated = headers["gws-generated-at"]?.int, generated >= 0, generated <= event.at {
                delay.recordMilliseconds(event.at - generated)
            }
        }
    }

    /// Counts a span of which events may be missing.
    func gap(_ reason: SessionMessage.GapReason) { gaps[reason].increment() }

    /// Counts a session that broke and is begun anew.
    func sessionRestarted() { restarts.increment() }

    /// Counts an event that a queue would not take, or that cannot be sent.
    func refused() { refusals.increment() }

    /// Counts events that the bound made the spool drop.
    func spoolDropped(_ count: Int) { spoolDropped.increment(by: count) }

    /// Tells how the spool stands.
    ///
    /// - Parameters:
    ///   - oldestAt: when the oldest event had come, Unix milliseconds; nil where none waits.
    ///   - now: Unix milliseconds.
    func showSpool(events: Int, bytes: Int64, oldestAt: Int64?, at now: Int64) {
        spoolEvents.set(events)
        spoolBytes.set(bytes)
        spoolAge.set(oldestAt.map { Double(max(now - $0, 0)) / 1000 } ?? 0)
    }

    /// Tells how the sessions stand.
    func show(_ statuses: [SessionStatus], at now: ContinuousClock.Instant) {
        var counts: [SessionState: Int] = [:]
        for status in statuses { counts[SessionState(status.phase), default: 0] += 1 }
        for (state, meter) in sessions { meter.set(counts[state, default: 0]) }
        let oldest = statuses.compactMap(\.lastPollAnswered).min()
        pollAge.set(oldest.map { (now - $0) / .seconds(1) } ?? 0)
    }
}
