internal import ServiceLifecycle

/// A stop that is asked for while something runs.
protocol StopSignal: Sendable {
    /// Whether it has been asked for.
    var isGiven: Bool { get }

    /// Returns when the time is over, or at once when a stop is asked for.
    ///
    /// - Throws: `CancellationError`, of the task.
    func pause(for duration: Duration) async throws
}

/// That of the service group that the task belongs to.
struct GroupStop: StopSignal {
    var isGiven: Bool { Task.isShuttingDownGracefully }

    func pause(for duration: Duration) async throws {
        do {
            try await cancelWhenGracefulShutdown { try await ContinuousClock().sleep(for: duration) }
        } catch {
            if !isGiven { throw error }
        }
    }
}

/// That of one agent's session: a group for each of thousands of agents would cost more than all else about them.
extension Gate: StopSignal where Value == ServedAgent.Stopping {
    var isGiven: Bool { value != nil }

    func pause(for duration: Duration) async throws {
        _ = try await inTime(duration) { try await self.whenOpen() }
    }
}
