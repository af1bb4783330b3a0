/// Does it, but not for longer than the limit: then it is cancelled, and its end awaited.
///
/// - Returns: nil where the time was over first.
func within<Result: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result? {
    try await withThrowingTaskGroup { group in
        group.addTask { Optional(try await body()) }
        group.addTask {
            try await ContinuousClock().sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}
