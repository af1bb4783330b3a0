/// Cancels it when the time is over.
func atMost(_ limit: Duration, _ body: @escaping @Sendable () async -> Void) async {
    await withTaskGroup { group in
        group.addTask { await body() }
        // Cancelled or over, the other is not waited for any longer.
        group.addTask { try? await ContinuousClock().sleep(for: limit) }
        await group.next()
        group.cancelAll()
    }
}

/// - Returns: nil if the time was over first; then it was cancelled.
func inTime<Result: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result? {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await ContinuousClock().sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}
