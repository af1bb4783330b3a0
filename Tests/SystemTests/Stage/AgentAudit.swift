import AMQP
import GWSSimulator

/// Holds what was published of one agent against what GWS told of it.
struct AgentAudit {
    private let agent: String
    private let mayGiveUp: Bool
    /// Each event once, in the order in which they came.
    private let heard: [HeardEvent]
    private(set) var complaints: [String] = []
    /// Events that came after what follows them, of one epoch or by what GWS told.
    private(set) var outOfOrder = 0
    /// Notifications that no event and no gap tells of.
    private(set) var silent = 0
    /// Notifications before its first epoch.
    private(set) var unheard = 0
    /// Notifications since then that were not published live, each within the span of a gap or complained of.
    private(set) var missing: [EmittedNotification] = []

    /// Of what was read, what was published to make up for gaps since.
    var read: Int {
        heard.count { $0.what == .notification(.resync) && $0.epoch != heard.first?.epoch }
    }

    /// - Parameter mayGiveUp: whether an epoch may end before its gap was made up for, with what waited for that.
    init(_ agent: String, emitted: [EmittedNotification], heard: [HeardEvent], mayGiveUp: Bool) {
        self.agent = agent
        self.mayGiveUp = mayGiveUp
        self.heard = heard
        checkEpochs()
        checkLosses(emitted)
    }

    private mutating func complain(_ what: String) { complaints.append("\(agent): \(what)") }

    // MARK: - Whether it counts

    private mutating func checkEpochs() {
        var epochs: [(name: String, events: [HeardEvent])] = []
        for event in heard {
            if epochs.last?.name == event.epoch {
                epochs[epochs.count - 1].events.append(event)
            } else {
                epochs.append((event.epoch, [event]))
            }
        }
        for (one, next) in zip(epochs, epochs.dropFirst()) where one.name >= next.name {
            complain("the epoch \(next.name) came after \(one.name)")
        }
        for (index, epoch) in epochs.enumerated() {
            checkSpan(epoch.events)
            // What the spool had to drop is missing where it stood, and told later.
            let isCurtailed = epochs[index...].contains { later in
                later.events.contains { $0.gap?.reason == "spool-full" }
            }
            if !isCurtailed || !hasHoles(epoch.events) {
                checkCounting(epoch.events)
                checkCourse(epoch.events, isLast: index == epochs.count - 1)
            }
            if index > 0, !isCurtailed { checkGap(epoch.events, after: epochs[index - 1].events) }
        }
    }

    private func hasHoles(_ events: [HeardEvent]) -> Bool {
        events.map(\.sequence) != (1...max(1, Int64(events.count))).map(\.self)
    }

    private mutating func checkCounting(_ events: [HeardEvent]) {
        var last: Int64 = 0
        var lastOfCalls: [String: Int64] = [:]
        for event in events {
            if event.sequence != last + 1 {
                outOfOrder += 1
                complain("\(event.id) came after \(last)")
            }
            last = event.sequence
            guard let call = event.callID else { continue }
            let before = lastOfCalls[call] ?? 0
            if event.callSequence != before + 1 {
                complain("\(event.id) is the call's number \(event.callSequence ?? 0), after \(before)")
            }
            lastOfCalls[call] = event.callSequence
        }
    }

    /// Started, Gap, what was read, Resynced, and only then what happens.
    private mutating func checkCourse(_ events: [HeardEvent], isLast: Bool) {
        let places = events.map(\.what.place)
        for (index, (place, next)) in zip(places, places.dropFirst()).enumerated() {
            let isRepeatable = place == .read || place == .live
            let isGivenUp = mayGiveUp && !isLast && !places.contains(.read) && !places.contains(.resynced)
            if next < place || next == place && !isRepeatable
                || next == .live && place < .resynced && !isGivenUp
            {
                complain("\(next) at \(events[index + 1].id) came after \(place)")
            }
        }
        if places.first != .started { complain("\(events[0].epoch) began with \(places[0])") }
        if places.count > 1, places[1] != .gap { complain("\(events[1].id) is no Gap") }
        if isLast, !places.contains(.resynced) { complain("\(events[0].epoch) was never in step") }
    }

    private mutating func checkGap(_ events: [HeardEvent], after previous: [HeardEvent]) {
        guard let gap = events.lazy.compactMap(\.gap).first, let last = previous.last else { return }
        // Where another process ended that one does not know that took over.
        if gap.reason == "taken-over", gap.previousEpoch == nil { return }
        if gap.previousEpoch != last.epoch {
            complain("the gap at \(events[0].epoch) names \(gap.previousEpoch ?? "none"), not \(last.epoch)")
        } else if gap.reason != "started", gap.lastSequence != last.sequence {
            complain("\(last.epoch) went to \(last.sequence), not \(gap.lastSequence ?? 0)")
        }
    }

    /// A gap must not excuse more than may be missing.
    private mutating func checkSpan(_ events: [HeardEvent]) {
        guard let gap = events.lazy.compactMap(\.gap).first else { return }
        if let began = events.lazy.compactMap(\.beginning).first, gap.to > began + Self.rounding {
            complain("the gap at \(events[0].epoch) goes on for \(gap.to - began) ms after the epoch began")
        }
        guard let previous = gap.previousEpoch else { return }
        if gap.from == nil { complain("the gap at \(events[0].epoch) has no beginning, but \(previous) had") }
        let last = heard.lazy.filter { $0.epoch == previous }.map(\.sequence).max() ?? 0
        if let told = gap.lastSequence, told > last {
            complain("\(previous) went to \(told), of which no more came than \(last)")
        }
    }

    /// Milliseconds by which two times may differ that are the same.
    private static let rounding: Int64 = 1

    // MARK: - Whether all is there

    private mutating func checkLosses(_ emitted: [EmittedNotification]) {
        var places: [[UInt8]: [Int]] = [:]
        for (index, notification) in emitted.enumerated().reversed() {
            places[Array(notification.message.utf8), default: []].append(index)
        }
        var isPublished = Array(repeating: false, count: emitted.count)
        var last = -1
        var lastTold: [String: Int64] = [:]
        for event in heard where event.isLive {
            guard let waiting = places[event.message.body] else {
                complain("GWS never told \(event.id)")
                continue
            }
            guard let index = waiting.last else {
                complain("\(event.id) was published before, under another id")
                continue
            }
            places[event.message.body]?.removeLast()
            isPublished[index] = true
            if index < last {
                outOfOrder += 1
                complain("\(event.id) came after what GWS told later")
            }
            last = max(last, index)
            lastTold[event.epoch] = emitted[last].time
        }
        checkBeginnings(lastTold)
        let gaps = heard.compactMap(\.gap)
        let beginning = heard.lazy.compactMap(\.beginning).first ?? .min
        for (notification, isPublished) in zip(emitted, isPublished) where !isPublished {
            if notification.time <= beginning + Self.rounding {
                unheard += 1
            } else {
                missing.append(notification)
            }
            let isNamed = gaps.contains { gap in
                (gap.from ?? .min) <= notification.time + Self.rounding
                    && notification.time <= gap.to + Self.rounding
            }
            if !isNamed {
                silent += 1
                let spans = gaps.map { "\($0.from ?? 0)-\($0.to) \($0.reason)" }.joined(separator: ", ")
                complain(
                    "no event and no gap tells of \(notification.type ?? "") at \(notification.time), only of \(spans)"
                )
            }
        }
    }

    /// A gap must not begin long before what was published last: under load one poll soon follows the other.
    ///
    /// - Parameter told: when GWS told what was published last of each epoch, Unix milliseconds.
    private mutating func checkBeginnings(_ told: [String: Int64]) {
        for gap in heard.compactMap(\.gap) {
            // The process or the spool have lost more than a poll.
            guard gap.reason != "started", gap.reason != "spool-full", let from = gap.from,
                let previous = gap.previousEpoch, let last = told[previous]
            else { continue }
            if from < last - Self.polling {
                complain("the gap after \(previous) begins \(last - from) ms before what was told last")
            }
        }
    }

    /// Milliseconds that two polls of a busy agent may be apart.
    private static let polling: Int64 = 5000
}

extension HeardEvent.What {
    /// Where in an epoch it may stand.
    enum Place: Int, Comparable {
        case started, gap, read, resynced, live, ended

        static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
    }

    fileprivate var place: Place {
        switch self {
        case .started: .started
        case .gap: .gap
        case .notification(.resync): .read
        case .resynced: .resynced
        case .notification(.live): .live
        case .ended: .ended
        }
    }
}
