import NIOConcurrencyHelpers

/// What the page is told, once a second. All who look get the same, and it is made only while somebody looks; the rates
/// are always counted, so that a page has a past to show when it opens.
final class ConsoleFeed: Sendable {
    /// Somebody who looks, for as long as this is kept.
    final class Watching: Sendable {
        /// Server-sent events. What was not read when the next one comes is left out.
        let events: AsyncStream<String>
        private let left: @Sendable () -> Void

        fileprivate init(_ events: AsyncStream<String>, left: @escaping @Sendable () -> Void) {
            self.events = events
            self.left = left
        }

        deinit { left() }
    }

    private struct State {
        var watchers: [Int: AsyncStream<String>.Continuation] = [:]
        var last = 0
        var history = RateHistory()
    }

    static let mostWatchers = 32
    private static let interval = Duration.seconds(1)

    private let totals: @Sendable () -> RateHistory.Totals
    private let snapshot: @Sendable ([RateHistory.Second]) async throws -> String
    private let deadLetters: DeadLetterCount?
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - totals: what was counted so far.
    ///   - snapshot: how things stand, as JSON in a line, with these rates.
    init(
        deadLetters: DeadLetterCount?, totals: @escaping @Sendable () -> RateHistory.Totals,
        snapshot: @escaping @Sendable ([RateHistory.Second]) async throws -> String
    ) {
        self.deadLetters = deadLetters
        self.totals = totals
        self.snapshot = snapshot
    }

    /// Counts and tells, until it is cancelled.
    func run() async {
        await withTaskGroup { group in
            if let deadLetters { group.addTask { await deadLetters.run() } }
            repeat {
                let totals = totals()
                let (seconds, isWatched) = state.withLockedValue { state in
                    state.history.add(totals)
                    return (Array(state.history.seconds), !state.watchers.isEmpty)
                }
                // What cannot be written now may be in a second.
                if isWatched, let json = try? await snapshot(seconds) { tell("data: \(json)\n\n") }
            } while (try? await Task.sleep(for: Self.interval)) != nil
            group.cancelAll()
        }
    }

    private func tell(_ event: String) {
        for watcher in state.withLockedValue(\.watchers).values { watcher.yield(event) }
    }

    /// - Returns: nil where too many look already.
    func admit() -> Watching? {
        let (events, continuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number: Int? = state.withLockedValue { state in
            guard state.watchers.count < Self.mostWatchers else { return nil }
            state.last += 1
            state.watchers[state.last] = continuation
            return state.last
        }
        guard let number else { return nil }
        deadLetters?.watch()
        return Watching(events) { [state, deadLetters] in
            state.withLockedValue { _ = $0.watchers.removeValue(forKey: number) }
            deadLetters?.unwatch()
        }
    }
}
