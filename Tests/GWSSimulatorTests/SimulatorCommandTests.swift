import Foundation
import GWSSimulator
import TestSupport
import Testing

@testable import gws_simulator

@Suite(.timeLimit(.minutes(1))) struct SimulatorCommandTests {
    @Test
    func `it says where it listens, serves, and stops within a second of SIGTERM though a poll is held`()
        async throws
    {
        let output = Process.inTurn { Pipe() }
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

    @Test func `without options it is the standard site at the real server's port`() throws {
        var site = SimulatorConfiguration()
        site.port = 8090
        site.journalLimit = 20_000
        site.traffic = Traffic(callsPerSecond: 0)
        #expect(try SimulatorCommand.site(of: []) == site)
    }

    @Test func `its options make the site that they describe`() throws {
        var agent = SimulatorConfiguration.Agent("7001", password: "a:b")
        agent.numbers = ["7001", "7101"]
        agent.isLoggedIn = false
        var site = SimulatorConfiguration(agents: [agent])
        site.host = "::1"
        site.port = 65535
        site.requiresCSRFToken = false
        site.requiresCSRFTokenOfCometD = false
        site.hasLoadBalancer = false
        site.sessionTimeout = .seconds(60)
        site.externalURL = "https://gws.example.com/api/v2"
        site.hold = .milliseconds(1500)
        site.expiry = .seconds(2)
        site.acknowledges = true
        site.missingFeatures = ["api-voice-outbound", "api-voice-recording"]
        site.agentStates = [.notReady(because: "Lunch")]
        site.beginsReady = false
        site.logsOutLostAgents = true
        site.inactiveServices = ["Voice"]
        site.calls.oldFormats = true
        site.calls.keepsConsultID = false
        site.calls.ringsAtSupervisor = true
        site.calls.intrudes = false
        site.sendsMetrics = false
        site.replyOrder = .random
        site.notificationDelay = .milliseconds(100)
        site.traffic = Traffic(callsPerSecond: 2.5, answerAfter: .seconds(1), endAfter: .seconds(3))
        site.journalLimit = 7
        let options = [
            "--agent", "7001:a:b", "--device", "7001:7101", "--logged-out", "--host", "::1", "--port",
            "65535",
            "--no-csrf", "--no-cometd-csrf", "--no-balancer", "--session-timeout", "60", "--external-url",
            "https://gws.example.com/api/v2", "--hold", "1.5", "--expiry", "2", "--acknowledge",
            "--missing-feature", "api-voice-outbound", "--no-recording", "--agent-state", "Lunch",
            "--no-ready",
            "--log-out-lost", "--inactive-service", "Voice", "--old-formats", "--no-keep-consult-id",
            "--ring-at-supervisor", "--no-intrude", "--no-metrics", "--reply-order", "random",
            "--notification-delay", "0.1", "--traffic", "2.5", "--traffic-answer", "1",
            "--traffic-call-length", "3", "--journal", "7",
        ]
        #expect(try SimulatorCommand.site(of: options) == site)
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

    @Test func `wrong arguments end it with the code for wrong usage`() async throws {
        let process = try Self.start(["--hold", "inf"], output: .nullDevice)
        #expect(await process.status() == 64)
    }

    @Test(arguments: [
        ["--agent", "5001"], ["--agent", ":x"], ["--agent", "1:x", "--agent", "1:y"], ["--port", "x"],
        ["--port", "99999"], ["--port", "-1"], ["--hold", "-1"], ["--hold", "inf"], ["--hold", "nan"],
        ["--expiry", "1e30"], ["--session-timeout", "-1"], ["--notification-delay", "nan"],
        ["--traffic", "1e-30"], ["--traffic", "-1"], ["--traffic", "1e30"], ["--traffic-answer", "nan"],
        ["--traffic-call-length", "-1"], ["--journal", "0"], ["--nonsense"], ["--device", "nobody:5101"],
        ["--device", "5101"], ["--device", "5001:5002"], ["--missing-feature", "x"], ["--reply-order", "x"],
        ["--inactive-service", "voice"], ["--external-url", "foo"], ["--external-url", "http://gws"],
        ["--agent-state", "Ready"], ["--agent-state", ""],
    ])
    func `wrong arguments are refused`(arguments: [String]) {
        #expect(throws: (any Error).self) { try SimulatorCommand.site(of: arguments) }
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
        try Process.inTurn { try process.run() }
        pid = process.processIdentifier
    }

    func terminate() { kill(pid, SIGTERM) }

    func status() async -> Int32? {
        for await status in ended { return status }
        return nil
    }
}
