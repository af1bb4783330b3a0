/// What is handed over to the spool's keeper, or kept in memory where there is none.
final class SpoolWork: StoreWork {
    typealias ID = UInt64

    enum Answer: Sendable {
        case done
        case given(SpoolContent.Given)
        case record(AgentRecord?)
        /// Something has come: ask again.
        case again
    }

    private let handover: StoreHandover<SpoolContent, Answer>
    private let now: @Sendable () -> Int64
    /// Told now and then how many events were lost since, and in all where that is to be said.
    private let reportLosses: @Sendable (_ new: Int, _ toSay: Int?) -> Void

    /// So many failed tries, and a file that was open before is as good as lost.
    private static let patience = 6

    init(
        _ content: SpoolContent, now: @escaping @Sendable () -> Int64,
        reportLosses: @escaping @Sendable (_ new: Int, _ toSay: Int?) -> Void
    ) {
        handover = StoreHandover(content)
        self.now = now
        self.reportLosses = reportLosses
    }

    // MARK: - Those who hand over

    func append(_ rows: [SpoolRow]) async throws {
        let now = now()
        _ = try await handover.wait { desk, id in
            guard desk.content.append(rows, from: id, at: now) else { return nil }
            Self.wake(&desk)
            return .done
        }
    }

    func withhold(_ notifications: [WithheldNotification], of agent: String) async throws {
        _ = try await handover.wait { desk, id in
            desk.content.withhold(notifications, of: agent, from: id) ? .done : nil
        }
    }

    func give(_ count: Int) async throws -> Answer {
        try await handover.wait { desk, id in desk.content.give(count, to: id).map(Answer.given) }
    }

    func accept(
        _ decoded: [(place: SpoolPlace, event: SpooledEvent)], damaged: [SpoolPlace], through: Int64,
        generation: Int
    ) -> SpoolPortion? {
        var portion: SpoolPortion?
        handover.hand { desk in
            portion = desk.content.accept(
                decoded, damaged: damaged, through: through, generation: generation)
            Self.wake(&desk)
        }
        return portion
    }

    func remove(_ portion: SpoolPortion) {
        handover.hand { desk in
            desk.content.remove(portion)
            Self.wake(&desk)
        }
    }

    func remember(_ change: AgentChange) { handover.with { $0.content.remember(change) } }

    func record(of agent: String) async throws -> Answer {
        try await handover.wait { desk, id in
            switch desk.content.record(of: agent, for: id) {
            case .known(let record): .record(record)
            case .reading: nil
            }
        }
    }

    func with<Result>(_ body: (inout SpoolContent) -> Result) -> Result {
        handover.with { body(&$0.content) }
    }

    var trouble: String? { handover.trouble }

    /// What came before is too old, in Unix milliseconds.
    var cutoff: Int64 { now() - with(\.bounds.age) }

    func tick() {
        let now = now()
        handover.hand { $0.content.tick(at: now) }
        reportNewLosses()
    }

    private func reportNewLosses() {
        let (new, toSay) = with { $0.takeLosses() }
        if new > 0 { reportLosses(new, toSay) }
    }

    /// Returns when no event waits any more.
    func whenEmpty() async throws {
        _ = try await handover.wait { desk, id in
            guard !desk.content.isDrained else { return .done }
            desk.content.lookouts.append(id)
            return nil
        }
    }

    private static func wake(_ desk: inout StoreHandover<SpoolContent, Answer>.Desk) {
        for reader in desk.content.takeReaders() { desk.answer(reader, .again) }
        for lookout in desk.content.takeLookouts() { desk.answer(lookout, .done) }
    }

    // MARK: - The keeper

    func isThere() async -> Bool { await handover.isThere() }

    func take() -> SpoolContent.Batch? {
        let now = now()
        return handover.with { desk in
            var content = desk.content
            defer { desk.content = content }
            let batch = content.take(at: now, isWaiting: desk.isWaiting)
            desk.turn(isBusy: batch != nil)
            return batch
        }
    }

    func wrote(_ batch: SpoolContent.Batch, _ drop: SpoolDrop?, isMore: Bool) {
        handover.with { desk in
            desk.set(nil)
            // What is read after that may hang in its turn.
            desk.turn(isBusy: true)
            for appender in desk.content.wrote(batch, drop, isMore: isMore) { desk.answer(appender, .done) }
            Self.wake(&desk)
        }
    }

    func putBack(_ batch: SpoolContent.Batch) { with { $0.putBack(batch) } }

    func read(_ rows: [SpoolRow], of batch: SpoolContent.Batch) {
        handover.with { desk in
            for reader in desk.content.read(rows, of: batch) {
                desk.answer(reader, .given(.rows(rows, generation: batch.generation)))
            }
        }
    }

    /// - Parameter record: as the file has it; nil where that cannot be read.
    func found(_ record: AgentRecord?, of agent: String, for id: ID) {
        handover.with { desk in
            desk.content.lookingUp.remove(id)
            // Who was let go knows of nothing that is withheld, and will not let go of it.
            guard desk.isWaiting(id) else { return }
            desk.answer(id, .record(desk.content.record(record, of: agent)))
        }
    }

    func opened(_ contents: SpoolContents) { with { $0.opened(contents) } }

    func failed(_ trouble: StoreTrouble, _ sentence: String, attempt: Int) {
        let now = now()
        let isLost =
            trouble.needsPerson || trouble == .moved || attempt >= Self.patience && !trouble.leavesOpen
        handover.with { desk in
            desk.set(sentence)
            desk.content.isElsewhere = trouble.isBusy
            for appender in desk.content.failed(isLost: isLost, at: now) { desk.answer(appender, .done) }
            for lookup in desk.content.takeLookups() { desk.answer(lookup, .record(nil)) }
            Self.wake(&desk)
        }
    }

    var busySince: ContinuousClock.Instant? { handover.busySince }

    func turn(isBusy: Bool) { handover.with { $0.turn(isBusy: isBusy) } }

    func stalled(_ sentence: String) {
        let now = now()
        handover.with { desk in
            desk.set(sentence)
            desk.content.isElsewhere = false
            for appender in desk.content.stalled(at: now) { desk.answer(appender, .done) }
            for lookup in desk.content.takeLookups(isStalled: true) { desk.answer(lookup, .record(nil)) }
            Self.wake(&desk)
        }
    }

    func recovered() {
        handover.with { desk in
            desk.set(nil)
            desk.content.keeping = .file
        }
    }

    var isStopping: Bool { handover.isStopping }

    /// What is remembered is not waited for any longer.
    func stop() {
        tick()
        handover.stop()
    }

    func close() -> Int {
        reportNewLosses()
        return handover.close { $0.close() }
    }
}
