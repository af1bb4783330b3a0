import AMQP

/// How far a stream has been read, and what of it is to be shown. Pure.
struct StreamReading: Sendable {
    enum Verdict: Sendable, Hashable {
        case show
        case skip
        /// It is not of a stream: nothing says where it stood.
        case foreign
    }

    private let start: StreamStart
    private let patterns: [TopicPattern]
    /// Of the last message that was seen, shown or not.
    private var last: Int64?

    init(from start: StreamStart, keys: [String]) {
        self.start = start
        patterns = keys.map(TopicPattern.init)
    }

    /// Whether nothing is left out where a connection takes the place of another.
    var isSeamless: Bool {
        switch start {
        case .first, .offset, .time: true
        // The broker would begin with what is last or next by then.
        case .last, .next: last != nil
        }
    }

    /// Where the broker is to begin, as `x-stream-offset`.
    var place: FieldValue {
        if let last { return .int64(last + 1) }
        return switch start {
        case .first: "first"
        case .last: "last"
        case .next: "next"
        case .offset(let offset): .int64(offset)
        // The broker goes by its own clock, and by whole chunks.
        case .time(let time): .timestamp(UInt64(max(0, time / 1000 - Self.clockDifference)))
        }
    }

    /// Seconds that the broker's clock may be behind the bridge's.
    private static let clockDifference: Int64 = 60

    mutating func take(_ message: AMQPMessage) -> Verdict {
        guard let offset = Self.offset(of: message) else { return .foreign }
        guard offset > last ?? -1 else { return .skip }
        last = offset
        switch start {
        case .offset(let wanted) where offset < wanted: return .skip
        case .time(let time) where Self.isOlder(message, than: time): return .skip
        default: break
        }
        return patterns.contains { $0.matches(message.routingKey) } ? .show : .skip
    }

    /// The offsets before the message at which there should have been others. The broker drops the oldest; one by
    /// itself may be a record of its own.
    func missing(before message: AMQPMessage) -> ClosedRange<Int64>? {
        guard let offset = Self.offset(of: message) else { return nil }
        let wanted: Int64? =
            if let last {
                last + 1
            } else if case .offset(let first) = start {
                first
            } else {
                nil
            }
        guard let wanted, offset > wanted + 1 else { return nil }
        return wanted...(offset - 1)
    }

    private static func offset(of message: AMQPMessage) -> Int64? {
        message.properties.headers["x-stream-offset"]?.int
    }

    /// By when it came to the bridge; what does not say is none too old.
    private static func isOlder(_ message: AMQPMessage, than time: Int64) -> Bool {
        if let received = message.properties.headers["gws-received-at"]?.int { return received < time }
        guard let seconds = message.properties.timestamp else { return false }
        return Int64(clamping: seconds) < time / 1000
    }
}
