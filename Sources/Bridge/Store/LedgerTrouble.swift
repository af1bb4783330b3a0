internal import GRDB

/// Why the ledger's file cannot be used just now.
enum LedgerTrouble: Error, Sendable, Equatable {
    /// SQLite could not read or write it.
    case database(ResultCode, message: String)
    /// It is a database, but no ledger.
    case foreign
    /// A later version of the bridge has written it.
    case newer(version: Int, known: Int)
    /// It was removed or replaced while it was open.
    case moved

    init(_ error: any Error) {
        switch error {
        case let trouble as LedgerTrouble: self = trouble
        case let error as DatabaseError:
            self = .database(error.resultCode, message: error.message ?? error.resultCode.description)
        default: self = .database(.SQLITE_ERROR, message: "\(error)")
        }
    }

    /// Whether it will not end by itself.
    var needsPerson: Bool {
        switch self {
        case .database(.SQLITE_NOTADB, _), .database(.SQLITE_CORRUPT, _), .foreign, .newer: true
        case .database, .moved: false
        }
    }

    /// Whether the file may stay open until the next try.
    var leavesOpen: Bool {
        switch self {
        case .database(.SQLITE_FULL, _), .database(.SQLITE_BUSY, _): true
        default: false
        }
    }

    /// What happened, and what to do about it.
    func sentence(at path: String) -> String {
        switch self {
        case .database(.SQLITE_NOTADB, _), .foreign:
            "The ledger \(path) is not a ledger of this bridge. Name another store.directory, or move the file away."
        case .database(.SQLITE_CORRUPT, let message):
            "The ledger \(path) is damaged (\(message)). Move it away, with the files whose names begin alike; what it "
                + "knew of earlier commands is lost then."
        case .database(.SQLITE_FULL, _):
            "The ledger \(path) cannot be written: the disk is full. Make room."
        case .database(.SQLITE_BUSY, _):
            "The ledger \(path) is locked by another program. End what holds it open for so long."
        case .database(_, let message):
            "The ledger \(path) cannot be used: \(message)."
        case .newer(let version, let known):
            "The ledger \(path) was written by a newer bridge (version \(version), this one knows \(known)). Start that "
                + "one again, or name another store.directory."
        case .moved:
            "The ledger \(path) was removed or replaced. Do so only while no bridge runs."
        }
    }
}
