/// How much a ledger keeps, and for how long.
struct LedgerBounds: Sendable, Hashable {
    /// Milliseconds since an entry's last change.
    let age: Int64
    let count: Int

    init(age: Int64, count: Int) {
        self.age = age
        self.count = count
    }

    init(_ store: BridgeConfiguration.Store) {
        let (seconds, attoseconds) = store.ledgerAge.components
        age = seconds * 1000 + attoseconds / 1_000_000_000_000_000
        count = store.ledgerCount
    }
}
