import Hummingbird
import NIOConcurrencyHelpers
import ServiceLifecycle

/// What the page is told, once a second. All who look get the same, and it is made only while somebody looks; the rates
/// are always counted, so that a page has a past to show when it opens.
final class ConsoleFeed: Sendable {
    /// That somebody looks. Whoever has it must ``ConsoleFeed/follow(_:_:)``.
    struct Watching: Sendable {
        fileprivate init() {}
    }

    private struct State {
        var watchers = 0
        var history = RateHistory()
        var latest: (json: String, at: ContinuousClock.Instant)?
    }

    static let mostWatchers = 32
    private static let interval = Duration.seconds(1)

    private let totals: @Sendable () -> RateHistory.Totals
    private let snapshot: @Sendable ([RateHistory.Second]) async throws -> String
    private let deadLetters: DeadLetterCount?
    private let state = NIOLockedValueBox(State())

    /// - Parameters:
    ///   - totals: what was counted so far.
    ///   - snapshot: how things stand, as JSON, with these rates.
    init(
        deadLetters: DeadLetterCount?, totals: @escaping @Sendable () -> RateHistory.Totals,
        snapshot: @escaping @Sendable ([RateHistory.Second]) async throws -> String
    ) {
        self.deadLetters = deadLetters
        self.totals = totals
        self.snapshot = snapshot
    }

    /// Counts, until it is cancelled.
    func run() async {
        await withTaskGroup { group in
            if let deadLetters { group.addTask { await deadLetters.run() } }
            repeat {
                let totals = totals()
                state.withLockedValue { $0.history.add(totals) }
            } while (try? await Task.sleep(for: Self.interval)) != nil
            group.cancelAll()
        }
    }

    /// - Returns: nil where too many look already.
    func admit() -> Watching? {
        state.withLockedValue { state in
            guard state.watchers < Self.mostWatchers else { return nil }
            state.watchers += 1
            return Watching()
        }
    }

    /// Writes server-sent events until the process stops, or nobody reads them any more.
    @concurrent func follow(_: Watching, _ writer: inout any ResponseBodyWriter) async throws {
        deadLetters?.watch()
        defer {
            deadLetters?.unwatch()
            state.withLockedValue { $0.watchers -= 1 }
        }
        repeat {
            // JSON has no line ends of its own.
            try await writer.write(ByteBuffer(string: "data: \(try await current())\n\n"))
        } while (try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }) != nil
    }

    private func current() async throws -> String {
        let (latest, seconds) = state.withLockedValue { ($0.latest, Array($0.history.seconds)) }
        if let latest, .now - latest.at < Self.interval / 2 { return latest.json }
        let json = try await snapshot(seconds)
        state.withLockedValue { $0.latest = (json, .now) }
        return json
    }
}
