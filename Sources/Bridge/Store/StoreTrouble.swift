internal import GRDB

/// Why a file of the store cannot be used just now.
enum StoreTrouble: Error, Sendable, Equatable {
    /// SQLite could not read or write it.
    case database(ResultCode, message: String)
    /// It is a database, but not what it should be.
    case foreign
    /// A later version of the bridge has written it.
    case newer(version: Int, known: Int)
    /// It was removed or replaced while it was open.
    case moved
    /// What was begun does not end.
    case stalled
    /// It, or its directory, cannot be made or written; says what to change.
    case unwritable(String)

    init(_ error: any Error) {
        switch error {
        case let trouble as StoreTrouble: self = trouble
        case let failure as BridgeFailure: self = .unwritable(failure.description)
        case let error as DatabaseError:
            self = .database(error.resultCode, message: error.message ?? error.resultCode.description)
        default: self = .database(.SQLITE_ERROR, message: "\(error)")
        }
    }

    /// Whether it will not end by itself.
    var needsPerson: Bool {
        switch self {
        case .database(.SQLITE_NOTADB, _), .database(.SQLITE_CORRUPT, _), .foreign, .newer, .unwritable: true
        case .database, .moved, .stalled: false
        }
    }

    /// Whether another program has it.
    var isBusy: Bool {
        if case .database(.SQLITE_BUSY, _) = self { true } else { false }
    }

    /// Whether the file may stay open until the next try.
    var leavesOpen: Bool {
        switch self {
        case .database(.SQLITE_FULL, _), .database(.SQLITE_BUSY, _): true
        default: false
        }
    }

    /// What happened, and what to do about it.
    func sentence(of file: StoreFile) -> String {
        let (noun, knowledge) = (file.kind.noun, file.kind.knowledge)
        return switch self {
        case .database(.SQLITE_NOTADB, _), .foreign:
            "The \(noun) \(file.path) is not a \(noun) of this bridge. Name another store.directory, or move the file "
                + "away."
        case .database(.SQLITE_CORRUPT, let message):
            "The \(noun) \(file.path) is damaged (\(message)). Move it away, with the files whose names begin alike; "
                + "\(knowledge)."
        case .database(.SQLITE_FULL, _):
            "The \(noun) \(file.path) cannot be written: the disk is full. Make room."
        case .database(.SQLITE_BUSY, _) where file.kind.isExclusive:
            "The \(noun) \(file.path) is in use by another bridge. End that one, or name another store.directory."
        case .database(.SQLITE_BUSY, _):
            "The \(noun) \(file.path) is locked by another program. End what holds it open for so long."
        case .database(_, let message):
            "The \(noun) \(file.path) cannot be used: \(message)."
        case .newer(let version, let known):
            "The \(noun) \(file.path) was written by a newer bridge (version \(version), this one knows \(known)). "
                + "Start that one again, or name another store.directory."
        case .moved:
            "The \(noun) \(file.path) was removed or replaced. Do so only while no bridge runs."
        case .stalled:
            "The \(noun) \(file.path) does not answer: the disk is too slow, or hangs. Look after it."
        case .unwritable(let reason): reason
        }
    }
}
