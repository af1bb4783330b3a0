import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct SimulatorCommandTests {
    @Test
    func `it says where it listens, serves, and stops within a second of SIGTERM though a poll is held`()
        async throws
    {
        let process = try Self.start("--port", "0", "--agent", "7001:7001")
        defer { process.terminate() }
        var lines = process.lines.makeAsyncIterator()
        let line = try #require(await lines.next())
        let url = try #require(line.split(separator: " ").last.map(String.init))
        #expect(line == "gws-simulator is listening on \(url)")

        let conversation = try await Conversation.connected(try await Browser.loggedIn("7001", at: url))
        async let poll = conversation.connect()
        // The session shows that the poll is held; then it is told to stop.
        while try await !Browser(url).get("/simulator/sessions").body.contains(#""isHeld":true"#) {}
        let clock = ContinuousClock()
        let start = clock.now
        process.terminate()
        #expect(await process.status() == 0)
        #expect(clock.now - start < .seconds(1))
        _ = try? await poll  // answered or cut, as it happens
    }

    @Test func `its help has an example`() async throws {
        let process = try Self.start("--help")
        var text = ""
        for await line in process.lines { text += line + "\n" }
        #expect(text.contains("gws-simulator --port 8090 --agent 5001:secret"))
        #expect(await process.status() == 0)
    }

    @Test(arguments: [["--agent", "5001"], ["--port", "x"], ["--hold", "-1"], ["--nonsense"]])
    func `wrong arguments are refused with the code for wrong usage`(arguments: [String]) async throws {
        let process = try Self.start(arguments)
        #expect(await process.status() == 64)
    }

    private static func start(_ arguments: String...) throws -> Child { try start(arguments) }

    private static func start(_ arguments: [String]) throws -> Child {
        // The products stand side by side in the build directory.
        let directory = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return try Child(directory.appending(path: "gws-simulator"), arguments)
    }
}

/// A process whose output and end are awaited, not polled.
private final class Child: Sendable {
    let lines: AsyncStream<String>
    private let ended: AsyncStream<Int32>
    private let pid: Int32

    init(_ executable: URL, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        let (lines, lineContinuation) = AsyncStream<String>.makeStream()
        self.lines = lines
        let (ended, endContinuation) = AsyncStream<Int32>.makeStream()
        self.ended = ended
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            guard !data.isEmpty else {
                handle.readabilityHandler = nil
                return lineContinuation.finish()
            }
            for line in String(decoding: data, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false)
            {
                lineContinuation.yield(String(line))
            }
        }
        process.terminationHandler = { endContinuation.yield($0.terminationStatus) }
        try process.run()
        pid = process.processIdentifier
    }

    func terminate() { kill(pid, SIGTERM) }

    func status() async -> Int32? {
        for await status in ended { return status }
        return nil
    }
}
