import Bridge
import Foundation

/// The disk that the store is on, and who may look into the store. Nothing is made or changed.
struct StoreDiskCheck: Sendable {
    let store: BridgeConfiguration.Store

    func findings() -> [Finding] {
        guard let directory = store.directory else { return [] }
        return [space(directory), modes(directory)].compactMap(\.self)
    }

    private func space(_ directory: String) -> Finding? {
        var status = statvfs()
        guard statvfs(Self.nearest(to: directory), &status) == 0 else { return nil }
        let free = Int64(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).0)
        return StoreSpace(
            free: free, spool: Self.size(of: directory + "/events.sqlite"), spoolLimit: store.spoolSize
        ).finding
    }

    private func modes(_ directory: String) -> Finding? {
        guard let mode = Self.mode(of: directory) else { return nil }
        let files = ["ledger.sqlite", "events.sqlite"].flatMap { [$0, $0 + "-wal", $0 + "-shm"] }
            .map { "\(directory)/\($0)" }
        return StoreModes(
            directory: .init(path: directory, mode: mode),
            files: files.compactMap { path in Self.mode(of: path).map { .init(path: path, mode: $0) } }
        ).finding
    }

    /// The directory, or the next above it that is there.
    private static func nearest(to directory: String) -> String {
        var url = URL(filePath: directory).absoluteURL.standardizedFileURL
        while access(url.path, F_OK) != 0, url.path != "/" { url.deleteLastPathComponent() }
        return url.path
    }

    private static func mode(of path: String) -> UInt32? {
        var status = stat()
        return stat(path, &status) == 0 ? UInt32(status.st_mode) & 0o777 : nil
    }

    private static func size(of path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
