internal import NIOConcurrencyHelpers

/// Lets in one after another.
final class OneAtATime: Sendable {
    private let isTaken = NIOLockedValueBox(false)
    private let gate = Gate<Void>()

    init() { gate.open(()) }

    /// - Throws: `CancellationError`; then there is nothing to leave.
    func enter() async throws {
        repeat { try await gate.whenOpen() } while !take()
    }

    private func take() -> Bool {
        let isMine = isTaken.withLockedValue { isTaken in
            defer { isTaken = true }
            return !isTaken
        }
        if isMine { gate.close() }
        return isMine
    }

    func leave() {
        isTaken.withLockedValue { $0 = false }
        gate.open(())
    }
}
