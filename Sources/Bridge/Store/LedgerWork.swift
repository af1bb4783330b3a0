internal import Metrics

/// What is handed over to the ledger's keeper.
final class LedgerWork: StoreWork {
    private typealias Found = [ExactID: LedgerEntry]
    private typealias Handover = StoreHandover<Handed, Found>
    typealias ID = UInt64

    /// What one transaction writes, and reads after that.
    struct Batch: Sendable {
        var entries: [LedgerEntry] = []
        /// Who waits for the commit.
        var recorders: [ID] = []
        var lookups: [Lookup] = []
        let takenAt = ContinuousClock.now

        var isEmpty: Bool { entries.isEmpty && recorders.isEmpty && lookups.isEmpty }
    }

    struct Lookup: Sendable {
        let id: ID
        let commands: [String]
    }

    private struct Handed: HandedOver {
        var gathered = GatheredEntries()
        var recorders: [ID] = []
        var lookups: [Lookup] = []
        var mustPrune = false

        var isEmpty: Bool {
            gathered.entries.isEmpty && recorders.isEmpty && lookups.isEmpty && !mustPrune
        }
    }

    private let handover = Handover(Handed())
    private let commitTime: Timer?

    /// - Parameter commitTime: what each commit takes.
    init(commitTime: Timer? = nil) {
        self.commitTime = commitTime
    }

    // MARK: - Those who hand over

    func entries(of commands: [String]) async throws -> [ExactID: LedgerEntry] {
        try await handover.wait { desk, id in
            desk.content.lookups.append(Lookup(id: id, commands: commands))
            return nil
        }
    }

    func record(_ entries: [LedgerEntry]) async throws {
        _ = try await handover.wait { desk, id in
            desk.content.gathered.put(entries)
            desk.content.recorders.append(id)
            return nil
        }
    }

    func note(_ entries: [LedgerEntry]) {
        guard !entries.isEmpty else { return }
        handover.hand { $0.content.gathered.put(entries) }
    }

    /// Asks that what is too old or too much be removed.
    func tick() { handover.hand { $0.content.mustPrune = true } }

    var trouble: String? { handover.trouble }

    // MARK: - The keeper

    func isThere() async -> Bool { await handover.isThere() }

    func take() -> Batch {
        handover.with { desk in
            let batch = Batch(
                entries: desk.content.gathered.take(), recorders: desk.content.recorders,
                lookups: desk.content.lookups)
            desk.content.recorders.removeAll(keepingCapacity: true)
            desk.content.lookups.removeAll(keepingCapacity: true)
            desk.turn(isBusy: !batch.isEmpty)
            return batch
        }
    }

    /// Nobody waits for it at the end.
    func takePruning() -> Bool {
        handover.with { desk in
            defer { desk.content.mustPrune = false }
            return desk.content.mustPrune && desk.isOpen
        }
    }

    /// It could not be done, and will be tried again, together with what came since.
    func putBack(_ batch: Batch) {
        handover.with { desk in
            desk.content.gathered.putBack(batch.entries)
            desk.content.recorders = batch.recorders.filter(desk.isWaiting) + desk.content.recorders
            desk.content.lookups =
                batch.lookups.filter { desk.isWaiting($0.id) } + desk.content.lookups
        }
    }

    /// - Parameter found: for each of the batch's lookups.
    func finish(_ batch: Batch, _ found: [[ExactID: LedgerEntry]]) {
        if !batch.entries.isEmpty { commitTime?.record(duration: .now - batch.takenAt) }
        handover.with { desk in
            desk.set(nil)
            for recorder in batch.recorders { desk.answer(recorder, [:]) }
            for (lookup, found) in zip(batch.lookups, found) { desk.answer(lookup.id, found) }
        }
    }

    var busySince: ContinuousClock.Instant? { handover.busySince }

    func turn(isBusy: Bool) { handover.with { $0.turn(isBusy: isBusy) } }

    /// Who waits goes on waiting: what is not in the file has not been said.
    func stalled(_ sentence: String) { handover.with { $0.set(sentence) } }

    func failed(_: StoreTrouble, _ sentence: String, attempt _: Int) { handover.with { $0.set(sentence) } }

    func recovered() { handover.with { $0.set(nil) } }

    var isStopping: Bool { handover.isStopping }

    func stop() { handover.stop() }

    func close() -> Int { handover.close { $0.gathered.take().count } }
}
