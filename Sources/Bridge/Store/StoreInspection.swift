internal import Foundation

/// What lies where the ledger is to be, looked at from outside: nothing is made, changed or locked.
package enum StoreInspection: Sendable, Equatable {
    /// The bridge will make the directory, the file, or both.
    case absent
    case ledger(bytes: Int64)
    /// A file that is no ledger of this bridge.
    case foreign
    /// A ledger of a later version of the bridge.
    case newer
    /// The directory or a file in it cannot be written, and why.
    case unwritable(reason: String)

    package init(of directory: String) {
        let path = directory + "/" + LedgerFile.name
        guard access(directory, F_OK) == 0 else {
            self = Self.directoryToBe(directory)
            return
        }
        guard access(directory, R_OK | W_OK | X_OK) == 0 else {
            self = .unwritable(reason: Self.reason)
            return
        }
        guard access(path, F_OK) == 0 else {
            self = .absent
            return
        }
        guard access(path, R_OK | W_OK) == 0 else {
            self = .unwritable(reason: Self.reason)
            return
        }
        self = Self.file(path)
    }

    private static var reason: String { String(cString: strerror(errno)) }

    /// Whether it can be made depends on the next directory above that is there.
    private static func directoryToBe(_ directory: String) -> StoreInspection {
        var above = URL(filePath: directory).absoluteURL.standardizedFileURL
        repeat { above.deleteLastPathComponent() } while access(above.path, F_OK) != 0 && above.path != "/"
        var status = stat()
        guard stat(above.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            return .unwritable(reason: "\(above.path) is not a directory")
        }
        guard access(above.path, W_OK | X_OK) == 0 else { return .unwritable(reason: reason) }
        return .absent
    }

    /// Reads what SQLite's file format has in the header: its name, and what ``LedgerTable`` put there.
    private static func file(_ path: String) -> StoreInspection {
        guard let file = FileHandle(forReadingAtPath: path) else { return .unwritable(reason: reason) }
        guard let header = try? file.read(upToCount: 100), let size = try? file.seekToEnd() else {
            return .unwritable(reason: reason)
        }
        func number(at offset: Int) -> Int {
            header[header.startIndex + offset..<header.startIndex + offset + 4].reduce(0) {
                $0 << 8 | Int($1)
            }
        }
        // It was made and not written yet.
        guard size > 0 else { return .absent }
        guard header.count == 100, header.starts(with: Data("SQLite format 3\0".utf8)),
            number(at: 68) == LedgerTable.applicationID
        else { return .foreign }
        return number(at: 60) > LedgerTable.version ? .newer : .ledger(bytes: Int64(size))
    }
}
