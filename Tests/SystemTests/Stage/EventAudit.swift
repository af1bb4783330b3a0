import GWSSimulator

/// Holds what was published against what GWS told: all of it, byte for byte and in order, or a gap that names the span.
struct EventAudit: CustomStringConvertible {
    private(set) var complaints: [String] = []
    let emitted: Int
    private(set) var live = 0
    /// What was read and published to make up for gaps; not what the first start of all reads.
    private(set) var read = 0
    private(set) var duplicates = 0
    /// Those that nobody could hear yet: before the first epoch of their agent.
    private(set) var unheard = 0
    /// Those that were not published live, each within the span of a later gap.
    private(set) var missing: [EmittedNotification] = []
    private(set) var outOfOrder = 0
    /// Those that no gap names.
    private(set) var silent = 0
    /// How many gaps there were, by reason.
    private(set) var gaps: [String: Int] = [:]
    private(set) var longestSilence = Duration.zero

    /// Those that came when a later epoch had begun already.
    private(set) var late = 0

    /// - Parameters:
    ///   - mayGiveUp: as ``AgentAudit`` has it.
    ///   - mayBeLate: whether what a process could not publish in time may come when another has taken over.
    init(
        emitted: [EmittedNotification], heard: [HeardEvent], mayGiveUp: Bool = false, mayBeLate: Bool = false
    ) {
        self.emitted = emitted.count
        for (one, next) in zip(heard, heard.dropFirst()) {
            longestSilence = max(longestSilence, next.at - one.at)
        }
        let once = distinct(heard)
        for event in once {
            switch event.what {
            case .gap(let gap): gaps[gap.reason, default: 0] += 1
            case .notification(.live): live += 1
            case .notification(.resync), .started, .resynced, .ended: break
            }
        }
        let told = Dictionary(grouping: emitted, by: \.agent)
        var heard = Dictionary(grouping: once, by: \.agent)
        if mayBeLate { heard = heard.mapValues { putInPlace($0) } }
        for agent in Set(told.keys).union(heard.keys).sorted() {
            let audit = AgentAudit(
                agent, emitted: told[agent] ?? [], heard: heard[agent] ?? [], mayGiveUp: mayGiveUp)
            complaints += audit.complaints
            read += audit.read
            unheard += audit.unheard
            missing += audit.missing
            outOfOrder += audit.outOfOrder
            silent += audit.silent
        }
    }

    var lost: Int { missing.count }

    /// Those of an epoch together, each in the order in which they came.
    private mutating func putInPlace(_ heard: [HeardEvent]) -> [HeardEvent] {
        var latest = ""
        for event in heard {
            if event.epoch < latest { late += 1 }
            latest = max(latest, event.epoch)
        }
        let epochs = Dictionary(grouping: heard, by: \.epoch)
        return epochs.keys.sorted().flatMap { epochs[$0] ?? [] }
    }

    /// Each message once; the same id must be the same message.
    private mutating func distinct(_ heard: [HeardEvent]) -> [HeardEvent] {
        var known: [String: HeardEvent] = [:]
        var once: [HeardEvent] = []
        for event in heard {
            guard let before = known.updateValue(event, forKey: event.id) else {
                once.append(event)
                continue
            }
            duplicates += 1
            if before.message != event.message { complaints.append("\(event.id) came twice, and differs") }
        }
        return once
    }

    var description: String {
        let gaps = gaps.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return
            "\(emitted) told, \(unheard) before the start, \(live) published, \(read) read, \(duplicates) twice, \(lost) in gaps (\(gaps)), "
            + "longest silence \(longestSilence)"
    }
}
