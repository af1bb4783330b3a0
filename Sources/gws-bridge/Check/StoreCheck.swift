import Bridge

/// Whether ledger and spool can be kept where they are to be.
struct StoreCheck: Sendable {
    let store: BridgeConfiguration.Store

    func findings() -> [Finding] {
        guard let directory = store.directory else {
            return [
                Finding("store", .ok, "off: a restart forgets what became of commands, and events that wait")
            ]
        }
        let spool = finding("spool", "events.sqlite", StoreInspection(ofSpoolIn: directory), directory)
        guard store.keepsLedger else { return [spool] }
        let ledger = finding("ledger", "ledger.sqlite", StoreInspection(ofLedgerIn: directory), directory)
        // What is wrong with the directory is said once.
        return spool.message == ledger.message ? [ledger] : [ledger, spool]
    }

    private func finding(_ noun: String, _ file: String, _ inspection: StoreInspection, _ directory: String)
        -> Finding
    {
        switch inspection {
        case .absent: Finding("store", .ok, "no \(noun) in \(directory) yet; the bridge will make it")
        case .file(let bytes):
            Finding("store", .ok, "the \(noun) in \(directory), \((bytes + 999_999) / 1_000_000) MB")
        case .foreign:
            Finding(
                "store", .failure, "the file \(directory)/\(file) is not a \(noun) of this bridge",
                remedy: "Name another store.directory, or move the file away.")
        case .newer:
            Finding(
                "store", .failure, "the \(noun) in \(directory) was written by a newer bridge",
                remedy: "Start that one, or name another store.directory.")
        case .unwritable(let reason):
            Finding(
                "store", .failure, "\(directory) cannot be written: \(reason)",
                remedy: "Let the bridge's user write there, or name another store.directory.")
        }
    }
}
