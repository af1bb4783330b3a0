import Bridge
import Foundation
import Logging
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// Has the configuration and the agents read again on SIGHUP, and the agents when their file or a password file has
/// changed. What is wrong then leaves everything as it was.
actor AgentsWatch: Service {
    /// Asking for a thousand files' times costs a millisecond. Being told (inotify) would miss what is replaced behind
    /// a symbolic link, as Kubernetes does it, and what changes on a network's file system.
    private static let interval = Duration.seconds(1)

    /// What the process began with.
    private let start: Settings
    /// As they were read last.
    private var settings: Settings
    private let reread: @Sendable () throws -> Settings
    private let adopt: @Sendable (Settings) -> Void
    private let logger: Logger
    private let serve: @Sendable ([AgentConfiguration]) throws -> AgentsChange
    /// As they were when they were read.
    private var files: [String: FileStamp?] = [:]
    /// As they were seen when they had changed.
    private var changed: [String: FileStamp?]?
    /// Whether SIGHUP asked for them, once or a thousand times since they were read.
    private var isAsked = false

    /// - Parameters:
    ///   - reread: reads the configuration again.
    ///   - adopt: takes up what of it can be taken up, but for the agents.
    ///   - serve: throws where there are agents that cannot be served.
    init(
        settings: Settings, logger: Logger, reread: @escaping @Sendable () throws -> Settings,
        adopt: @escaping @Sendable (Settings) -> Void,
        serve: @escaping @Sendable ([AgentConfiguration]) throws -> AgentsChange
    ) {
        start = settings
        self.settings = settings
        self.reread = reread
        self.adopt = adopt
        self.logger = logger
        self.serve = serve
    }

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        // Whatever changed since the configuration was read.
        await read(logsSameness: false)
        // One thing at a time, and of what comes meanwhile one more.
        let (turns, turn) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        try await withThrowingTaskGroup { group in
            group.addTask {
                for await _ in signals.cancelOnGracefulShutdown() {
                    await self.ask()
                    turn.yield()
                }
            }
            group.addTask {
                // It throws when it is time to stop.
                while (try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) })
                    != nil
                {
                    turn.yield()
                }
            }
            group.addTask {
                for await _ in turns.cancelOnGracefulShutdown() { await self.takeTurn() }
            }
            try await group.waitForAll()
        }
    }

    private func ask() { isAsked = true }

    private func takeTurn() async {
        guard isAsked else { return await look() }
        isAsked = false
        await reload()
        await read(logsSameness: true)
    }

    /// The configuration itself. The agents are read after it, be it as it was.
    private func reload() async {
        let reading = await Self.offThread { [reread] in
            Result {
                let new = try reread()
                // What would end a start changes nothing here.
                _ = try (new.bridgeConfiguration(), new.console())
                return new
            }
        }
        guard let read = reading else { return }
        do {
            let new = try read.get()
            let change = SettingsChange(from: start, by: settings, to: new)
            settings = new
            adopt(new)
            if !change.changed.isEmpty {
                logger.notice(
                    "Read the configuration again",
                    metadata: ["changed": "\(change.changed.joined(separator: ", "))"])
            }
            if !change.needsRestart.isEmpty {
                logger.warning(
                    "What has changed in the configuration needs a restart",
                    metadata: ["keys": "\(change.needsRestart.joined(separator: ", "))"])
            }
        } catch {
            logger.error("The configuration stays as it was", metadata: ["reason": "\(error)"])
        }
    }

    private func look() async {
        guard let now = await Self.stamps(of: Array(files.keys)) else { return }
        guard now != files else {
            changed = nil
            return
        }
        // Who changes one file may be about to change others, or not have finished: it must have held for a while.
        guard now == changed else {
            changed = now
            return
        }
        await read(logsSameness: false)
    }

    private func read(logsSameness: Bool) async {
        guard let read = await Self.read(settings) else { return }
        do {
            let agents = try read.agents.get()
            files = read.stamps
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
            let others = files.keys.filter { read.stamps[$0] == nil }
            guard let stamps = await Self.stamps(of: Array(others)) else { return }
            files = stamps.merging(read.stamps) { $1 }
            changed = nil
            logger.error("The agents stay as they were", metadata: ["reason": "\(error)"])
        }
    }

    // MARK: - The files

    // A network's file system that hangs holds up a thread of NIO's pool for files and this watch, and neither anything
    // else nor the stop.

    private typealias Stamps = [String: FileStamp?]

    /// - Returns: nil if it is time to stop.
    private static func offThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value? {
        let (results, result) = AsyncStream<Value>.makeStream()
        NIOThreadPool.singleton.submit { state in
            if state == .active { result.yield(work()) }
            result.finish()
        }
        return await results.cancelOnGracefulShutdown().first { _ in true }
    }

    private static func stamps(of paths: [String]) async -> Stamps? {
        await offThread {
            var stamps: Stamps = [:]
            for path in paths { stamps[path] = .some(FileStamp(path)) }
            return stamps
        }
    }

    /// - Returns: the agents, and the files as they were read for them.
    private static func read(
        _ settings: Settings
    ) async -> (agents: Result<[AgentConfiguration], any Error>, stamps: Stamps)? {
        await offThread {
            let noted = Noted()
            let agents = Result {
                try settings.agents { path in
                    noted.stamps[path] = .some(FileStamp(path))
                    return AgentsFile.read(path)
                }
            }
            return (agents, noted.stamps)
        }
    }

    private final class Noted {
        var stamps: Stamps = [:]
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
