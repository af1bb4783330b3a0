extension HTTPTransport {
    /// Runs it in a task of its own, on ``executor``, and waits for that; whoever is cancelled cancels it.
    ///
    /// A task keeps the memory of its deepest call until it ends. Where one that lives long, of which there are
    /// thousands, goes deep now and then, that is better left to another.
    package func inOwnTask<Result: Sendable>(
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        // There is no thread any more that would run it.
        if hasShutDown { return try await body() }
        let task = Task(executorPreference: executor, operation: body)
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    package func inOwnTask<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) async -> Result {
        if hasShutDown { return await body() }
        let task = Task(executorPreference: executor, operation: body)
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }
}
