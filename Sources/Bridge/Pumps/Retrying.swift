internal import Logging

/// Does it again and again, with growing pauses, until it returns, fails for good, or a stop is asked for. The one
/// place that tries again: connections, sessions and pollers end when they break.
///
/// What held for a while counts as a success: the next failure is the first again.
///
/// - Parameters:
///   - what: for the log.
///   - stop: ends the pauses, and that it is tried again.
///   - plan: what a failure asks for; throwing ends it all.
func retrying(
    _ what: String, logger: Logger, until stop: some StopSignal = GroupStop(),
    plan: (any Error) throws -> RetryPlan, _ body: () async throws -> Void
) async throws {
    let clock = ContinuousClock()
    var failures = 0
    while true {
        let began = clock.now
        let failure: any Error
        do {
            try await body()
            return
        } catch {
            failure = error
        }
        try Task.checkCancellation()
        if stop.isGiven { return }
        let plan = try plan(failure)
        if clock.now - began > plan.backoff.longest * 2 { failures = 0 }
        failures += 1
        let pause = max(
            plan.backoff.pause(after: failures, jitter: .random(in: 0..<1)), plan.atLeast ?? .zero)
        // The first failure is news, and then ever fewer of them: at twice a second nobody would find anything else.
        if failures.isPowerOfTwo {
            logger.warning(
                "Trying again after a pause",
                metadata: [
                    LogKeys.what: "\(what)", LogKeys.error: "\(failure)", LogKeys.attempt: "\(failures)",
                    LogKeys.pause: "\(pause)",
                ])
        }
        try await stop.pause(for: pause)
        if stop.isGiven { return }
    }
}

/// What to do about a failure that may pass.
struct RetryPlan: Sendable {
    let backoff: Backoff
    /// What the other side asked for.
    let atLeast: Duration?

    init(_ backoff: Backoff, atLeast: Duration? = nil) {
        self.backoff = backoff
        self.atLeast = atLeast
    }
}

extension Int {
    fileprivate var isPowerOfTwo: Bool { nonzeroBitCount == 1 }
}
