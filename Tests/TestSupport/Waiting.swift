public import Logging

/// What a test waited for did not come in time.
public struct NeverHappened: Error, CustomStringConvertible {
    public let what: String

    public var description: String { "did not happen in time: \(what)" }
}

/// Awaits `operation`, which must end when its task is cancelled, for at most `limit`.
public func within<Result: Sendable>(
    _ limit: Duration, _ what: String, _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask { try await operation() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw NeverHappened(what: what)
        }
        defer { group.cancelAll() }
        return try await group.next()!
    }
}

/// For what tells nobody when it changes, such as the broker's list of queues: asks again until it is so.
public func eventually(
    within limit: Duration, _ what: String, _ isSo: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !isSo() {
        guard .now < deadline else { throw NeverHappened(what: what) }
        try await Task.sleep(for: .milliseconds(20))
    }
}

extension Logger {
    /// Says nothing.
    public static let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
}
