import Logging
import NIOConcurrencyHelpers
import ServiceLifecycle
import ServiceLifecycleTestKit
import TestSupport
import Testing

@testable import Bridge

@Suite(.timeLimit(.minutes(1)))
struct RetryingTests {
    private struct Broken: Error {}
    private struct Hopeless: Error {}

    private let endless = RetryPlan(Backoff(first: .seconds(3600), longest: .seconds(3600)))
    private let recorder = Recorder()

    private func withoutPause(_ error: any Error) -> RetryPlan {
        RetryPlan(Backoff(first: .zero, longest: .seconds(60)))
    }

    @Test func `what fails is done again until it does not`() async throws {
        var tries = 0
        try await retrying("it", logger: .silent, plan: withoutPause) {
            tries += 1
            if tries < 4 { throw Broken() }
        }
        #expect(tries == 4)
    }

    @Test func `what fails for good ends it with the plan's error`() async {
        var tries = 0
        func plan(_ error: any Error) throws -> RetryPlan {
            #expect(error is Broken)
            throw Hopeless()
        }
        await #expect(throws: Hopeless.self) {
            try await retrying("it", logger: .silent, plan: plan) {
                tries += 1
                throw Broken()
            }
        }
        #expect(tries == 1)
    }

    @Test func `ever fewer failures are logged`() async throws {
        var tries = 0
        try await retrying("it", logger: recorder.logger, plan: withoutPause) {
            tries += 1
            if tries <= 9 { throw Broken() }
        }
        #expect(recorder.values(of: "attempt") == ["1", "2", "4", "8"])
        #expect(recorder.values(of: "what") == ["it", "it", "it", "it"])
    }

    @Test func `what held for a while fails for the first time again`() async throws {
        var tries = 0
        func plan(_ error: any Error) -> RetryPlan {
            RetryPlan(Backoff(first: .milliseconds(1), longest: .milliseconds(1)))
        }
        try await retrying("it", logger: recorder.logger, plan: plan) {
            tries += 1
            guard tries <= 3 else { return }
            try await ContinuousClock().sleep(for: .milliseconds(3))
            throw Broken()
        }
        #expect(recorder.values(of: "attempt") == ["1", "1", "1"])
    }

    @Test func `a pause is as long as the other side asked for`() async throws {
        try await testGracefulShutdown { trigger in
            func plan(_ error: any Error) -> RetryPlan {
                trigger.triggerGracefulShutdown()
                return RetryPlan(Backoff(first: .zero, longest: .zero), atLeast: .seconds(3600))
            }
            try await retrying("it", logger: recorder.logger, plan: plan) { throw Broken() }
        }
        #expect(recorder.values(of: "pause") == ["\(Duration.seconds(3600))"])
    }

    @Test func `a stop ends a pause`() async throws {
        var tries = 0
        try await testGracefulShutdown { trigger in
            func plan(_ error: any Error) -> RetryPlan {
                trigger.triggerGracefulShutdown()
                return endless
            }
            try await retrying("it", logger: .silent, plan: plan) {
                tries += 1
                throw Broken()
            }
        }
        #expect(tries == 1)
    }

    @Test func `what fails while it stops is not asked about`() async throws {
        try await testGracefulShutdown { trigger in
            func plan(_ error: any Error) -> RetryPlan {
                Issue.record("a plan was asked for")
                return endless
            }
            try await retrying("it", logger: recorder.logger, plan: plan) {
                trigger.triggerGracefulShutdown()
                throw Broken()
            }
        }
        #expect(recorder.values(of: "attempt") == [])
    }

    @Test func `cancelling ends a pause`() async throws {
        let isPlanned = Gate<Bool>()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                func plan(_ error: any Error) -> RetryPlan {
                    isPlanned.open(true)
                    return endless
                }
                try await retrying("it", logger: .silent, plan: plan) { throw Broken() }
            }
            _ = try await isPlanned.whenOpen()
            group.cancelAll()
            let result = await group.nextResult()
            #expect(throws: CancellationError.self) { try result?.get() }
        }
    }

    @Test func `what fails because it was cancelled is not done again`() async {
        await withThrowingTaskGroup(of: Void.self) { group in
            group.cancelAll()
            group.addTask {
                try await retrying("it", logger: .silent, plan: withoutPause) { throw Broken() }
            }
            let result = await group.nextResult()
            #expect(throws: CancellationError.self) { try result?.get() }
        }
    }

    private final class Recorder: Sendable {
        private let lines = NIOLockedValueBox<[Logger.Metadata]>([])

        var logger: Logger { Logger(label: "test") { _ in Handler(lines: lines) } }

        func values(of key: String) -> [String] {
            lines.withLockedValue(\.self).compactMap { $0[key]?.description }
        }
    }

    private struct Handler: LogHandler {
        let lines: NIOLockedValueBox<[Logger.Metadata]>
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { lines.withLockedValue { $0.append(event.metadata ?? [:]) } }
    }
}
