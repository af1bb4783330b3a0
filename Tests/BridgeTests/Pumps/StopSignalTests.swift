import TestSupport
import Testing

@testable import Bridge

@Suite(.timeLimit(.minutes(1)))
struct StopSignalTests {
    private struct Broken: Error {}

    private let stop = Gate<ServedAgent.Stopping>()

    private func withoutPause(_ error: any Error) -> RetryPlan {
        RetryPlan(Backoff(first: .zero, longest: .zero))
    }

    @Test func `a pause takes its time`() async throws {
        let start = ContinuousClock.now
        try await stop.pause(for: .milliseconds(50))
        #expect(.now - start >= .milliseconds(50))
        #expect(!stop.isGiven)
    }

    @Test func `a stop ends a pause, and those that come after it`() async throws {
        async let pause: Void = stop.pause(for: .seconds(3600))
        await Task.yield()
        stop.open(.all)
        try await pause
        try await stop.pause(for: .seconds(3600))
        #expect(stop.isGiven)
    }

    @Test func `who is cancelled does not pause`() async {
        let pausing = Task { try await stop.pause(for: .seconds(3600)) }
        pausing.cancel()
        await #expect(throws: CancellationError.self) { try await pausing.value }
    }

    @Test func `after a stop nothing is tried again`() async throws {
        var tries = 0
        try await retrying("it", logger: .silent, until: stop, plan: withoutPause) {
            tries += 1
            if tries == 3 { stop.open(.all) }
            throw Broken()
        }
        #expect(tries == 3)
    }
}
