internal import Foundation

/// What lies where a file of the store is to be, looked at from outside: nothing is made, changed or locked.
package enum StoreInspection: Sendable, Equatable {
    /// The bridge will make the directory, the file, or both.
    case absent
    case file(bytes: Int64)
    /// A file that is not of this bridge.
    case foreign
    /// One of a later version of the bridge.
    case newer
    /// The directory or a file in it cannot be written, and why.
    case unwritable(reason: String)

    package init(ofLedgerIn directory: String) { self.init(of: .ledger, in: directory) }

    package init(ofSpoolIn directory: String) { self.init(of: .spool, in: directory) }

    private init(of kind: StoreKind, in directory: String) {
        let path = directory + "/" + kind.name
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
        self = Self.file(path, kind)
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

    /// Reads what SQLite's file format has in the header: its name, and what was put there for the kind of file.
    private static func file(_ path: String, _ kind: StoreKind) -> StoreInspection {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return .unwritable(reason: reason) }
        defer { close(descriptor) }
        var status = stat()
        var header = [UInt8](repeating: 0, count: 100)
        guard fstat(descriptor, &status) == 0 else { return .unwritable(reason: reason) }
        let read = pread(descriptor, &header, header.count, 0)
        guard read >= 0 else { return .unwritable(reason: reason) }
        func number(at offset: Int) -> Int { header[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        // It was made and not written yet.
        guard status.st_size > 0 else { return .absent }
        guard read == header.count, header.starts(with: "SQLite format 3\0".utf8),
            number(at: 68) == kind.applicationID
        else { return .foreign }
        return number(at: 60) > kind.version ? .newer : .file(bytes: Int64(status.st_size))
    }
}
