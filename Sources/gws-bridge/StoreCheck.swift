import Bridge

/// Whether the ledger can be kept where it is to be.
struct StoreCheck: Sendable {
    let store: BridgeConfiguration.Store

    func findings() -> [Finding] {
        guard store.keepsLedger, let directory = store.directory else {
            return [Finding("store", .ok, "off: a restart forgets what became of commands")]
        }
        return [finding(StoreInspection(of: directory), directory)]
    }

    private func finding(_ inspection: StoreInspection, _ directory: String) -> Finding {
        switch inspection {
        case .absent: Finding("store", .ok, "no ledger in \(directory) yet; the bridge will make it")
        case .ledger(let bytes):
            Finding("store", .ok, "the ledger in \(directory), \((bytes + 999_999) / 1_000_000) MB")
        case .foreign:
            Finding(
                "store", .failure, "the file \(directory)/ledger.sqlite is not a ledger of this bridge",
                remedy: "Name another store.directory, or move the file away.")
        case .newer:
            Finding(
                "store", .failure, "the ledger in \(directory) was written by a newer bridge",
                remedy: "Start that one, or name another store.directory.")
        case .unwritable(let reason):
            Finding(
                "store", .failure, "\(directory) cannot be written: \(reason)",
                remedy: "Let the bridge's user write there, name another store.directory, "
                    + "or set store.ledger to off.")
        }
    }
}
