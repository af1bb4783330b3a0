internal import NIOConcurrencyHelpers

/// A queue that commands come by, as one link consumes it.
final class CommandQueue: Sendable {
    /// Nil where it is the one of what was not delivered.
    let shard: Int?
    private let deleted = NIOLockedValueBox(false)

    init(shard: Int?) {
        self.shard = shard
    }

    /// Whether the broker has deleted it: what it gave nobody is given again, so whoever has that brings it to its end.
    var isDeleted: Bool { deleted.withLockedValue(\.self) }

    func wasDeleted() { deleted.withLockedValue { $0 = true } }
}
