import Foundation
import GWSSimulator
import Testing

@Suite(.timeLimit(.minutes(1))) struct SimulatorCommandTests {
    @Test
    func `it says where it listens, serves, and stops within a second of SIGTERM though a poll is held`()
        async throws
    {
        let output = Pipe()
        let process = try Self.start(
            ["--port", "0", "--agent", "7001:7001"], output: output.fileHandleForWriting)
        defer { process.terminate() }
        let line = try #require(await Self.firstLine(of: output.fileHandleForReading))
        let url = try #require(line.split(separator: " ").last.map(String.init))
        #expect(line == "gws-simulator is listening on \(url)")

        let conversation = try await Conversation.connected(try await Browser.loggedIn("7001", at: url))
        async let poll = conversation.connect()
        #expect(try await Browser(url).get("/simulator/held-poll?agent=7001").status == 200)
        let clock = ContinuousClock()
        let start = clock.now
        process.terminate()
        #expect(await process.status() == 0)
        #expect(clock.now - start < .seconds(1))
        _ = try? await poll  // answered or cut, as it happens
    }

    @Test func `its options make the site that they describe`() async throws {
        let output = Pipe()
        let process = try Self.start(
            [
                "--port", "0", "--agent", "7001:7001", "--device", "7001:7101", "--logged-out",
                "--agent-state", "Lunch", "--missing-feature", "api-voice-recording",
                "--inactive-service", "Voice", "--reply-order", "random", "--no-metrics", "--session-timeout",
                "60", "--no-ready", "--no-cometd-csrf", "--log-out-lost", "--old-formats",
                "--no-keep-consult-id", "--ring-at-supervisor", "--no-intrude",
            ], output: output.fileHandleForWriting)
        defer { process.terminate() }
        let line = try #require(await Self.firstLine(of: output.fileHandleForReading))
        let url = try #require(line.split(separator: " ").last.map(String.init))

        let browser = try await Browser.loggedIn("7001", at: url)
        let user = try await browser.get("/api/v2/me?subresources=*").json["user"]
        #expect(user?["devices"]?.elements.map { $0["phoneNumber"]?.string } == ["7001", "7101"])
        #expect(user?["devices"]?.elements.first?["userState"]?["state"] == "LoggedOut")
        let features = user?["features"]?.elements.compactMap { $0["id"]?.string }
        #expect(features?.contains("api-voice-recording") == false)
        let states = try await browser.get("/api/v2/settings/agent-states").json["settings"]?.elements
        #expect(states?.last?["operationName"] == "Lunch")
        let voice = try await browser.get("/api/v2/services/voice").json["service"]
        #expect(voice?["state"] == "Inactive")
        _ = try await Browser(url).post("/simulator/calls", #"{"agent":"7001","from":"+4930"}"#)
        let calls = try await browser.get("/api/v2/me/calls?fields=*").json["calls"]?.elements
        #expect(calls?.first?["participants"]?.elements == ["+4930"])
        process.terminate()
        #expect(await process.status() == 0)
    }

    @Test func `its help has an example`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(FileManager.default.createFile(atPath: file.path, contents: nil))
        let process = try Self.start(["--help"], output: FileHandle(forWritingTo: file))
        #expect(await process.status() == 0)
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("gws-simulator --port 8090 --agent 5001:secret"))
    }

    @Test(arguments: [
        ["--agent", "5001"], ["--port", "x"], ["--hold", "-1"], ["--nonsense"],
        ["--device", "nobody:5101"], ["--device", "5101"], ["--missing-feature", "x"],
        ["--reply-order", "x"],
        ["--session-timeout", "-1"],
    ])
    func `wrong arguments are refused with the code for wrong usage`(arguments: [String]) async throws {
        let process = try Self.start(arguments, output: .nullDevice)
        #expect(await process.status() == 64)
    }

    private static func start(_ arguments: [String], output: FileHandle) throws -> Child {
        // The products stand side by side in the build directory.
        let directory = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        return try Child(directory.appending(path: "gws-simulator"), arguments, output: output)
    }

    private static func firstLine(of handle: FileHandle) async -> String? {
        let (lines, continuation) = AsyncStream<String>.makeStream()
        handle.readabilityHandler = { handle in
            // The line is written at once, and is short: it comes in one piece.
            let line = String(decoding: handle.availableData, as: UTF8.self).prefix { $0 != "\n" }
            handle.readabilityHandler = nil
            continuation.yield(String(line))
            continuation.finish()
        }
        for await line in lines { return line }
        return nil
    }
}

/// A process whose end is awaited.
private struct Child {
    private let ended: AsyncStream<Int32>
    private let pid: Int32

    init(_ executable: URL, _ arguments: [String], output: FileHandle) throws {
        let (ended, continuation) = AsyncStream<Int32>.makeStream()
        self.ended = ended
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.terminationHandler = { continuation.yield($0.terminationStatus) }
        try process.run()
        pid = process.processIdentifier
    }

    func terminate() { kill(pid, SIGTERM) }

    func status() async -> Int32? {
        for await status in ended { return status }
        return nil
    }
}
