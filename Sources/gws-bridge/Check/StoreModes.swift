/// Whether others may look into the store, which has the customers' data in it. Pure.
struct StoreModes: Sendable {
    struct Entry: Sendable, Hashable {
        let path: String
        /// As chmod has it.
        let mode: UInt32

        var isOpen: Bool { mode & 0o077 != 0 }
    }

    let directory: Entry
    /// Those that are there.
    let files: [Entry]

    var finding: Finding {
        let name = "store permissions"
        guard directory.isOpen else { return Finding(name, .ok, "the store is its user's only") }
        // Behind a directory that is closed nobody gets at them.
        let open = ([directory] + files.filter(\.isOpen))
        let message = open.map { "\($0.path) has mode \(String($0.mode, radix: 8))" }.joined(separator: ", ")
        return Finding(
            name, .warning, "\(message): others may look into it",
            remedy: "chmod 700 \(directory.path)" + (open.count > 1 ? "; chmod 600 on the files" : ""))
    }
}
