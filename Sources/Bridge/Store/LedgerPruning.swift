/// Decides, row after row from the oldest, what the ledger's file need not keep any longer.
struct LedgerPruning: Sendable, Hashable {
    /// What of a row it is decided by.
    struct Row: Sendable, Hashable {
        /// Rows are numbered as they come.
        let number: Int64
        let isOver: Bool
        /// Unix milliseconds.
        let firstNotedAt: Int64
        let changedAt: Int64
    }

    enum Decision: Sendable, Hashable {
        case keep, delete
        /// Neither this nor any after it.
        case stop
    }

    /// What was not changed since this is too old, in Unix milliseconds.
    let cutoff: Int64
    /// So many are too many.
    private(set) var excess: Int
    /// The last row that was decided.
    private(set) var number = Int64.min

    init(cutoff: Int64, excess: Int) {
        self.cutoff = cutoff
        self.excess = excess
    }

    mutating func decide(_ row: Row) -> Decision {
        // Those that came later cannot have been changed earlier than this one came.
        guard excess > 0 || row.firstNotedAt < cutoff else { return .stop }
        number = row.number
        guard row.changedAt < cutoff || excess > 0 && row.isOver else { return .keep }
        excess -= 1
        return .delete
    }
}
