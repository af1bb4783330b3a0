/// Which deliveries are out, and how their settlements are told to the broker in few words.
///
/// Pure. A tag that is not out, or is settled twice, is ignored: to the broker it would be an error that closes the
/// channel.
struct Acks {
    enum Settlement: Sendable, Hashable {
        case acknowledge
        case reject(requeue: Bool)
    }

    enum Message: Sendable, Hashable {
        case ack(tag: UInt64, multiple: Bool)
        case reject(tag: UInt64, requeue: Bool)
    }

    /// nil is with the consumer still.
    private var deliveries = NumberedQueue<Settlement?>()
    private var settled: [UInt64] = []

    /// Deliveries that the broker waits for us to settle.
    var outstanding: Int { deliveries.count }

    /// Settlements that `flush` would tell.
    var pending: Int { settled.count }

    /// So far apart may two deliveries be that are out at once; a place is kept for each between them.
    private static let gapLimit: UInt64 = 1 << 24

    /// Tags rise by one; those of deliveries that need no settling are left out. False if the broker may not have
    /// given that tag.
    mutating func delivered(_ tag: UInt64) -> Bool {
        guard tag >= deliveries.nextNumber, tag < 1 << 62 else { return false }
        guard deliveries.isEmpty || tag - deliveries.nextNumber < Self.gapLimit else { return false }
        deliveries.skip(to: tag)
        deliveries.append(Settlement?.none)
        return true
    }

    mutating func settle(_ tag: UInt64, _ settlement: Settlement) {
        guard let delivery = deliveries[tag], delivery == nil else { return }
        deliveries.update(tag) { $0 = settlement }
        settled.append(tag)
    }

    /// One `multiple` for the acknowledged ones at the front, then each of the others by itself.
    mutating func flush() -> [Message] {
        guard !settled.isEmpty else { return [] }
        var messages: [Message] = []
        var lastOfFront: UInt64 = 0
        var front = 0
        while let delivery = deliveries.first, delivery == .some(.acknowledge) {
            lastOfFront = deliveries.firstNumber
            front += 1
            deliveries.popFirst()
        }
        if front > 0 { messages.append(.ack(tag: lastOfFront, multiple: front > 1)) }
        for tag in settled where tag > lastOfFront {
            guard let settlement = deliveries.remove(tag) ?? nil else { continue }
            switch settlement {
            case .acknowledge: messages.append(.ack(tag: tag, multiple: false))
            case .reject(let requeue): messages.append(.reject(tag: tag, requeue: requeue))
            }
        }
        settled.removeAll(keepingCapacity: true)
        return messages
    }
}
