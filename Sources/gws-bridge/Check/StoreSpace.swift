/// Whether the disk has room for what the store may grow to. Pure.
struct StoreSpace: Sendable {
    /// Bytes that the bridge's user may still write.
    let free: Int64
    /// Bytes that the spool's file has already: it never becomes smaller.
    let spool: Int64
    /// `store.spool-size`.
    let spoolLimit: Int64

    /// Beside the spool there are the ledger and SQLite's own files. As much of the events waits in memory, where the
    /// disk is full.
    static let margin: Int64 = 64 << 20

    var finding: Finding {
        let name = "store space"
        let message = "\(Self.megabytes(free)) MB free"
        guard free >= Self.margin else {
            return Finding(
                name, .failure, "\(message): neither outcomes nor events can be kept for long",
                remedy: "Free some of the disk that store.directory is on, or name another directory.")
        }
        let growth = max(0, spoolLimit - spool)
        guard free - Self.margin >= growth else {
            return Finding(
                name, .warning,
                "\(message), and the spool may grow by \(Self.megabytes(growth)) MB while the broker is away: the disk is "
                    + "full before that",
                remedy:
                    "Set store.spool-size to what the disk of store.directory has, or name another directory."
            )
        }
        return Finding(name, .ok, message)
    }

    private static func megabytes(_ bytes: Int64) -> Int64 { bytes / 1_000_000 }
}
