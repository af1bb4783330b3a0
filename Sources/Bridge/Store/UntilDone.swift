internal import Dispatch
internal import NIOConcurrencyHelpers

/// Waits for what blocks a thread elsewhere. Who is cancelled waits on for a little, for what was begun is to be brought
/// to its end; not for longer, for a disk may hang for ever.
///
/// - Parameter begin: has it done, and the result told once.
/// - Throws: `CancellationError`, or what is told.
func untilDone<Value: Sendable>(
    _ begin: (_ tell: @escaping @Sendable (Result<Value, any Error>) -> Void) -> Void
) async throws -> Value {
    let waiter = NIOLockedValueBox<CheckedContinuation<Value, any Error>?>(nil)
    // Whoever is first.
    @Sendable func tell(_ result: Result<Value, any Error>) {
        let waiting = waiter.withLockedValue { waiter in
            defer { waiter = nil }
            return waiter
        }
        waiting?.resume(with: result)
    }
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            waiter.withLockedValue { $0 = continuation }
            begin(tell)
        }
    } onCancel: {
        DispatchQueue.global().asyncAfter(deadline: .now() + patience) {
            tell(.failure(CancellationError()))
        }
    }
}

private let patience = DispatchTimeInterval.seconds(2)
