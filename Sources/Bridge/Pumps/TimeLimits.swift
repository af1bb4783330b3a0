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
