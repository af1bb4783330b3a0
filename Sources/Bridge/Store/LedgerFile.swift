internal import Foundation

/// Where a ledger lies, and how it is written.
struct LedgerFile: Sendable {
    static let name = "ledger.sqlite"

    let directory: String
    let durability: BridgeConfiguration.Store.Durability
    let bounds: LedgerBounds
    /// The most pages it may have, for tests of a full disk.
    var pages: Int?

    var path: String { directory + "/" + Self.name }

    init(in directory: String, _ store: BridgeConfiguration.Store) {
        self.directory = directory
        durability = store.durability
        bounds = LedgerBounds(store)
    }

    /// Makes the directory and the file where they are not there; nobody but us may look into them.
    func prepare() throws(BridgeFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw failure("cannot be made", (error as NSError).reason)
        }
        // A file that is there is not opened: to close it would end the locks of another ledger of this process on it.
        guard access(path, F_OK) != 0 else {
            guard access(path, R_OK | W_OK) == 0, access(directory, W_OK | X_OK) == 0 else {
                throw failure("cannot be written", reason(errno))
            }
            return
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            // Another bridge may have been faster, and a full disk is not for ever.
            if errno == EEXIST || errno == ENOSPC || errno == EDQUOT { return }
            throw failure("cannot be written", reason(errno))
        }
        close(descriptor)
    }

    /// Tells this file from one that was put in its place.
    var identity: UInt64? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    private func failure(_ what: String, _ reason: String) -> BridgeFailure {
        BridgeFailure(
            exitCode: 78,
            "store.directory: \(directory) \(what): \(reason). Let the bridge's user write there, name another "
                + "directory, or set store.ledger to off.")
    }

    private func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}

extension NSError {
    /// The system's words, without the path that Foundation puts before them.
    fileprivate var reason: String {
        guard let cause = userInfo[NSUnderlyingErrorKey] as? NSError, cause.domain == NSPOSIXErrorDomain
        else {
            return domain == NSPOSIXErrorDomain
                ? String(cString: strerror(Int32(code))) : localizedDescription
        }
        return String(cString: strerror(Int32(cause.code)))
    }
}
