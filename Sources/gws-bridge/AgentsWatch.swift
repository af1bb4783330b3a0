import Bridge
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Has the agents read again on SIGHUP, and when the agents file or a password file has changed. What is wrong then leaves
/// everything as it was.
actor AgentsWatch: Service {
    /// Asking for a thousand files' times costs a millisecond. Being told (inotify) would miss what is replaced behind a
    /// symbolic link, as Kubernetes does it, and what changes on a network's file system.
    private static let interval = Duration.seconds(1)

    private let settings: Settings
    private let logger: Logger
    private let serve: @Sendable ([AgentConfiguration]) throws -> AgentsChange
    /// As they were when they were read.
    private var files: [String: FileStamp?] = [:]
    /// As they were seen when they had changed.
    private var changed: [String: FileStamp?]?

    /// - Parameter serve: throws where there are agents that cannot be served.
    init(
        settings: Settings, logger: Logger,
        serve: @escaping @Sendable ([AgentConfiguration]) throws -> AgentsChange
    ) {
        self.settings = settings
        self.logger = logger
        self.serve = serve
    }

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        // Whatever changed since the configuration was read.
        read(logsSameness: false)
        try await withThrowingTaskGroup { group in
            group.addTask {
                for await _ in signals.cancelOnGracefulShutdown() { await self.read(logsSameness: true) }
            }
            group.addTask {
                // It throws when it is time to stop.
                while (try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) })
                    != nil
                {
                    await self.look()
                }
            }
            try await group.waitForAll()
        }
    }

    private func look() {
        var now: [String: FileStamp?] = [:]
        for path in files.keys { now[path] = .some(FileStamp(path)) }
        guard now != files else {
            changed = nil
            return
        }
        // Who changes one file may be about to change others, or not have finished: it must have held for a while.
        guard now == changed else {
            changed = now
            return
        }
        read(logsSameness: false)
    }

    private func read(logsSameness: Bool) {
        let noted = Noted()
        do {
            let agents = try settings.agents { path in
                noted.stamps[path] = .some(FileStamp(path))
                return AgentsFile.read(path)
            }
            files = noted.stamps
            changed = nil
            let change = try serve(agents)
            guard logsSameness || !change.isEmpty else { return }
            logger.info(
                "Read the agents again",
                metadata: [
                    "added": "\(change.added.count)", "changed": "\(change.changed.count)",
                    "removed": "\(change.removed.count)",
                ])
        } catch {
            // What was not reached is watched as well, for it may be what will be put right.
            for path in files.keys { files[path] = .some(FileStamp(path)) }
            files.merge(noted.stamps) { $1 }
            changed = nil
            logger.error("The agents stay as they were", metadata: ["reason": "\(error)"])
        }
    }

    private final class Noted {
        var stamps: [String: FileStamp?] = [:]
    }
}

/// What tells one state of a file from another without reading it.
struct FileStamp: Hashable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let seconds: Int
    private let nanoseconds: Int

    /// - Returns: nil if there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        #if os(Linux)
            let time = status.st_mtim
        #else
            let time = status.st_mtimespec
        #endif
        (seconds, nanoseconds) = (time.tv_sec, time.tv_nsec)
    }
}
