internal import NIOConcurrencyHelpers

/// Ids for commands that came without one: unique, and short.
enum MadeUpID {
    private static let source = NIOLockedValueBox(EpochSource(random: .random(in: .min ... .max)))

    static func next() -> String {
        source.withLockedValue { $0.next(now: UnixTime.now()) }
    }
}
