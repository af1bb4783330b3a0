import Foundation
import NIOConcurrencyHelpers

/// A program that was built beside the tests, run as an operator runs it.
public final class Program: Sendable {
    public struct Ended: Sendable {
        public let code: Int32
        public let output: String
        public let error: String
    }

    /// What was awaited did not come in time.
    public struct Late: Error, CustomStringConvertible {
        public let description: String

        public init(description: String) {
            self.description = description
        }
    }

    private struct Streams: Sendable {
        var output = Stream()
        var error = Stream()
        var code: Int32?
        var waiting: [Int: Waiter] = [:]
        var next = 0

        var isRead: Bool { output.isAtEnd && error.isAtEnd }
    }

    private struct Waiter: Sendable {
        let isOver: @Sendable (Streams) -> Bool
        let continuation: CheckedContinuation<Void, Never>
    }

    private let streams = NIOLockedValueBox(Streams())
    private let name: String
    /// What a bridge keeps is gone with this.
    private let store: TemporaryDirectory
    /// Where it was begun.
    private let directory: TemporaryDirectory?
    public let process: Int32

    /// Runs it to its end.
    public static func run(
        _ arguments: String..., environment: [String: String] = [:], within limit: Duration = .seconds(30)
    ) async throws -> Ended {
        try await Program(arguments, environment: environment).ended(within: limit)
    }

    public convenience init(_ arguments: String..., environment: [String: String] = [:]) throws {
        try self.init(arguments, environment: environment)
    }

    /// Where the programs are that were built with the tests.
    public static var directory: String {
        get throws {
            let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(fileURLWithPath: own).deletingLastPathComponent().path
        }
    }

    /// - Parameters:
    ///   - program: Its name, or where another one is, with its path.
    ///   - environment: All of it, but for the path and the store: nothing of the tests' own reaches the program.
    ///   - directory: Where it is begun, and what is there as long as this is; where the tests were begun if nil.
    ///   - openFiles: How many it may have at most; as many as the tests if nil.
    public init(
        _ arguments: [String], of program: String = "gws-bridge", environment: [String: String],
        in directory: TemporaryDirectory? = nil, openFiles: Int? = nil
    ) throws {
        self.directory = directory
        name = ([program] + arguments).joined(separator: " ")
        store = try TemporaryDirectory()
        var standard = ["PATH": "/usr/bin:/bin"]
        if arguments.first == "run" { standard["GWS_BRIDGE_STORE_DIRECTORY"] = store.path + "/store" }
        let process = Process()
        let path = program.hasPrefix("/") ? program : try Self.directory + "/" + program
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory.path) }
        if let openFiles {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "ulimit -n \(openFiles) && exec \"$0\" \"$@\"", path] + arguments
        }
        process.environment = environment.merging(standard) { own, _ in own }
        process.standardInput = FileHandle.nullDevice
        let (output, error) = try Process.inTurn {
            let (output, error) = (Pipe(), Pipe())
            process.standardOutput = output
            process.standardError = error
            try process.run()
            return (output, error)
        }
        self.process = process.processIdentifier
        let streams = streams
        Self.read(output) { data in Self.change(streams) { $0.output.take(data) } }
        Self.read(error) { data in Self.change(streams) { $0.error.take(data) } }
        Thread.detachNewThread {
            process.waitUntilExit()
            Self.change(streams) { $0.code = process.terminationStatus }
        }
    }

    deinit {
        // It must not outlive the test that began it.
        if streams.withLockedValue({ $0.code == nil }) { kill(process, SIGKILL) }
    }

    public var hasEnded: Bool { streams.withLockedValue { $0.code != nil } }

    public func signal(_ number: Int32) {
        if !hasEnded { kill(process, number) }
    }

    /// Everything that has been printed when all of it is there.
    public func ended(within limit: Duration = .seconds(30)) async throws -> Ended {
        try await wait("the end of \(name)", within: limit) { $0.code != nil && $0.isRead }
        return streams.withLockedValue {
            Ended(code: $0.code ?? -1, output: $0.output.text, error: $0.error.text)
        }
    }

    /// Waits for a text on standard output or standard error.
    public func prints(_ text: String, times: Int = 1, within limit: Duration = .seconds(20)) async throws {
        let isThere: @Sendable (Streams) -> Bool = { streams in
            [streams.output, streams.error].contains { $0.contains(text, times: times) }
        }
        try await wait("\"\(text)\" from \(name)", within: limit) { isThere($0) || $0.code != nil }
        guard streams.withLockedValue({ isThere($0) }) else {
            throw Late(description: "\(name) ended without printing \"\(text)\": \(printed)")
        }
    }

    private var printed: String { streams.withLockedValue { "\($0.output.text)\($0.error.text)" } }

    // MARK: - Waiting

    private func wait(
        _ what: String, within limit: Duration, until isOver: @escaping @Sendable (Streams) -> Bool
    ) async throws {
        let isInTime = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                await self.suspend(until: isOver)
                return !Task.isCancelled
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        guard isInTime else {
            throw Late(description: "\(what) did not come within \(limit); so far: \(printed)")
        }
    }

    private func suspend(until isOver: @escaping @Sendable (Streams) -> Bool) async {
        let id = streams.withLockedValue { streams in
            streams.next += 1
            return streams.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = streams.withLockedValue { streams in
                    if Task.isCancelled || isOver(streams) { return true }
                    streams.waiting[id] = Waiter(isOver: isOver, continuation: continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            streams.withLockedValue { $0.waiting.removeValue(forKey: id) }?.continuation.resume()
        }
    }

    private static func change(_ streams: NIOLockedValueBox<Streams>, _ body: (inout Streams) -> Void) {
        let over = streams.withLockedValue { streams in
            body(&streams)
            let over = streams.waiting.filter { $0.value.isOver(streams) }
            for id in over.keys { streams.waiting[id] = nil }
            return over
        }
        for waiter in over.values { waiter.continuation.resume() }
    }

    /// On a thread of its own: Foundation reads by blocking.
    private static func read(_ pipe: Pipe, _ take: @escaping @Sendable (Data) -> Void) {
        Thread.detachNewThread {
            var data: Data
            repeat {
                data = pipe.fileHandleForReading.availableData
                take(data)
            } while !data.isEmpty
        }
    }
}

/// What a program has printed so far.
private struct Stream: Sendable {
    var text = ""
    var isAtEnd = false

    func contains(_ part: String, times: Int) -> Bool { text.ranges(of: part).count >= times }

    mutating func take(_ data: Data) {
        text += String(decoding: data, as: UTF8.self)
        isAtEnd = data.isEmpty
    }
}
