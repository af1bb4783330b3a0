/// Lets only so many stages be played at a time: each declares queues of its own on the one broker, and a machine that
/// is asked for a hundred at once gets none ready in time.
actor StageDoor {
    static let shared = StageDoor(places: 8)

    private var places: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(places: Int) { self.places = places }

    /// Lets the body run as soon as there is a place.
    nonisolated func inside(_ body: () async throws -> Void) async throws {
        await enter()
        do {
            try await body()
        } catch {
            await leave()
            throw error
        }
        await leave()
    }

    private func enter() async {
        guard places == 0 else {
            places -= 1
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { places += 1 } else { waiting.removeFirst().resume() }
    }
}
