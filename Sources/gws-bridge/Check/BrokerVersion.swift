/// A version of RabbitMQ, as it tells it.
struct BrokerVersion: Sendable, Hashable, Comparable {
    let major: Int
    let minor: Int
    let patch: Int

    init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// From `3.10.8`, `4.1` or `4.0.0-rc.1`; what comes before a release counts as that.
    init?(_ text: String) {
        let numbers = text.split(separator: ".").prefix(3).map { Int($0.prefix { $0.isNumber }) }
        guard numbers.count > 1, let major = numbers[0], let minor = numbers[1] else { return nil }
        self.init(major, minor, numbers.count > 2 ? numbers[2] ?? 0 : 0)
    }

    static func < (one: BrokerVersion, other: BrokerVersion) -> Bool {
        (one.major, one.minor, one.patch) < (other.major, other.minor, other.patch)
    }
}

extension BrokerVersion {
    /// What the bridge is known to work with.
    static let oldestKnown = BrokerVersion(3, 10)
    static let newestKnown = BrokerVersion(4, 3)

    /// Before, a quorum queue loses a message with `x-delivery-limit: -1` when it is first returned (seen with 3.10.8);
    /// from then on that is no limit.
    var losesWithoutLimit: Bool { self < BrokerVersion(4, 0) }

    /// From then on a quorum queue without a limit of its own has one, of 20.
    var hasDeliveryLimit: Bool { self >= BrokerVersion(4, 0) }

    /// Before, `x-delayed-retry-type`, `-min` and `-max` are taken and have no effect.
    var delaysRetries: Bool { self >= BrokerVersion(4, 3) }

    /// Before, the priority of a message has no effect in a quorum queue.
    var honoursPriorities: Bool { self >= BrokerVersion(4, 0) }

    /// Before, the priority of a consumer has no effect on which one is the single active one.
    var spreadsShards: Bool { self >= BrokerVersion(4, 0) }

    /// From then on it cancels a consumer that keeps a message for too long; before, it closes the channel.
    var cancelsSlowConsumers: Bool { self >= BrokerVersion(4, 3) }

    /// Whether it looks at topic permissions before it looks at the message. Later ones (as their source has it) refuse
    /// an expiration that is no number first.
    var looksAtTopicsFirst: Bool { self < BrokerVersion(3, 13) }

    /// Bytes that a frame must be allowed to have at least.
    var smallestFrameMax: Int { self >= BrokerVersion(4, 1) ? 8192 : 4096 }
}
