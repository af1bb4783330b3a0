import Dispatch
import TestSupport
import Testing

@testable import Bridge
@testable import GWS

@Suite(.timeLimit(.minutes(1)))
struct SessionTaskTests {
    private struct Broken: Error {}

    private final class QueueExecutor: TaskExecutor {
        private let queue = DispatchQueue(label: "sessions")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    private let task = SessionTask(on: QueueExecutor())

    /// Runs until it is cancelled, and says when it has begun.
    private func endless(_ begun: Gate<Void>) async throws {
        begun.open(())
        try await ContinuousClock().sleep(for: .seconds(3600))
    }

    private func status(answered: ContinuousClock.Instant) -> SessionStatus {
        var status = SessionStatus()
        status.phase = .polling
        status.lastPollAnswered = answered
        return status
    }

    @Test func `what the body throws is thrown, and it may be run again`() async throws {
        await #expect(throws: Broken.self) { try await task.run { throw Broken() } }
        try await task.run {}
        #expect(!task.wasCut)
    }

    @Test func `who is cancelled cancels it`() async throws {
        let begun = Gate<Void>()
        let runner = Task { try await task.run { try await endless(begun) } }
        try await begun.whenOpen()
        runner.cancel()
        await #expect(throws: CancellationError.self) { try await runner.value }
    }

    @Test func `one that is cut ends, and none begins after it`() async throws {
        let begun = Gate<Void>()
        let runner = Task { try await task.run { try await endless(begun) } }
        try await begun.whenOpen()
        task.cut()
        await #expect(throws: CancellationError.self) { try await runner.value }
        await #expect(throws: CancellationError.self) { try await task.run { Issue.record("it began") } }
        #expect(task.wasCut)
    }

    @Test func `a cut that comes before it begins is not forgotten`() async {
        task.cut()
        await #expect(throws: CancellationError.self) { try await task.run { Issue.record("it began") } }
    }

    @Test func `one that stands still is ended as stuck, and may be run again`() async throws {
        let (begun, start) = (Gate<Void>(), ContinuousClock.now)
        let runner = Task { try await task.run { try await endless(begun) } }
        try await begun.whenOpen()
        let status = status(answered: start)
        // Every few seconds, for a process that was suspended has seen no answer.
        for seconds in stride(from: 5, through: 300, by: 5) {
            task.look(at: status, now: start + .seconds(seconds))
        }
        await #expect(throws: SessionStuck.self) { try await runner.value }
        try await task.run {}
    }

    @Test func `one that polls goes on`() async throws {
        let (begun, start) = (Gate<Void>(), ContinuousClock.now)
        let runner = Task { try await task.run { try await endless(begun) } }
        try await begun.whenOpen()
        for seconds in stride(from: 5, through: 300, by: 5) {
            let now = start + .seconds(seconds)
            task.look(at: status(answered: now), now: now)
        }
        #expect(!runner.isCancelled)
        task.cut()
        await #expect(throws: CancellationError.self) { try await runner.value }
    }
}
