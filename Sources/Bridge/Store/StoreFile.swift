internal import Foundation

/// Where a file of the store lies, and how it is written.
struct StoreFile: Sendable {
    let kind: StoreKind
    let directory: String
    let store: BridgeConfiguration.Store
    var path: String { directory + "/" + kind.name }

    init(_ kind: StoreKind, in directory: String, _ store: BridgeConfiguration.Store) {
        self.kind = kind
        self.directory = directory
        self.store = store
    }

    /// Makes the directory and the file where they are not there; nobody but us may look into them.
    func prepare() throws(BridgeFailure) {
        try makeDirectory(directory)
        // A file that is there is not opened: to close it would end the locks of another bridge of this process on it.
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

    /// With those above it.
    private func makeDirectory(_ path: String) throws(BridgeFailure) {
        guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
        let above = (path as NSString).deletingLastPathComponent
        guard errno == ENOENT, !above.isEmpty, above != path else {
            throw failure("cannot be made", reason(errno))
        }
        try makeDirectory(above)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw failure("cannot be made", reason(errno))
        }
    }

    private func failure(_ what: String, _ reason: String) -> BridgeFailure {
        BridgeFailure(
            exitCode: 78,
            "store.directory: \(directory) \(what): \(reason). Let the bridge's user write there, or name another "
                + "directory."
        )
    }

    private func reason(_ number: Int32) -> String { String(cString: strerror(number)) }
}
