import Foundation
import TestSupport

/// A file system of a few megabytes that can be filled up. It takes root to mount one.
final class SmallDisk: Sendable {
    let path: String
    private let directory: TemporaryDirectory
    private var filler: String { path + "/filler" }

    init(megabytes: Int) async throws {
        directory = try TemporaryDirectory()
        path = directory.path + "/disk"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try await run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m,mode=700", "tmpfs", path])
    }

    /// Leaves no byte.
    func fill() throws {
        _ = FileManager.default.createFile(atPath: filler, contents: nil)
        let file = try FileHandle(forWritingTo: URL(filePath: filler))
        defer { try? file.close() }  // Whatever it has is what was wanted.
        for size in [65_536, 4096, 512, 1] {
            let block = Data(count: size)
            while (try? file.write(contentsOf: block)) != nil {}
        }
    }

    func empty() throws { try FileManager.default.removeItem(atPath: filler) }

    /// When nobody uses it any more.
    func unmount() async throws { try await run("/bin/umount", [path]) }
}

/// The wall's clock of one process, by libfaketime.
struct OwnClock: Sendable {
    private static let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
    private let file: String

    struct Missing: Error {
        let what: String
    }

    init(in directory: TemporaryDirectory) throws {
        guard FileManager.default.fileExists(atPath: Self.library) else {
            throw Missing(what: "\(Self.library): apt-get install faketime")
        }
        file = directory.path + "/clock"
        try set(ahead: 0)
    }

    /// For the process: what passes is measured by another clock, and that is left alone.
    var environment: [String: String] {
        [
            "LD_PRELOAD": Self.library, "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DONT_RESET": "1",
        ]
    }

    /// - Parameter seconds: that it is ahead of the machine's.
    func set(ahead seconds: Int) throws {
        try "+\(seconds)s\n".write(toFile: file, atomically: true, encoding: .utf8)
    }
}
