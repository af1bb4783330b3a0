import Foundation
import GWSSimulator
import TestSupport
import Testing

/// A client that was written by people who know neither GWS nor us.
@Suite(.timeLimit(.minutes(1))) struct ForeignClientTests {
    private struct Missing: Error, CustomStringConvertible {
        let description = "There is no ruby: install Debian's ruby-faye, or run Scripts/test, which does"
    }

    @Test(arguments: [false, true])
    func `Faye's client logs in, subscribes, hears a call, answers it and leaves`(replyComesFirst: Bool)
        async throws
    {
        var configuration = SimulatorConfiguration()
        configuration.replyOrder = replyComesFirst ? .replyFirst : .together
        try await withSimulator(configuration) { simulator, url in
            let output = try await Self.output(of: "faye-client.rb", [url, "5001", "5001"]) {
                try await simulator.heldPoll(of: "5001")
                try await simulator.ring(agent: "5001")
            }
            #expect(
                output == """
                    logged in as 5001
                    subscribed
                    StatusChange Ringing
                    StatusChange Established
                    disconnected

                    """)
            #expect(await simulator.clientCount() == 0)
            let conversations = await simulator.conversations()
            #expect(conversations.allSatisfy { $0.status == 200 })
            for channel in ["handshake", "subscribe", "connect", "disconnect"] {
                #expect(conversations.contains { $0.body.contains("/meta/\(channel)") })
            }
        }
    }

    /// What the script prints, while something is done to it.
    private static func output(
        of script: String, _ arguments: [String], while act: @escaping @Sendable () async throws -> Void
    ) async throws -> String {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let directories = path.split(separator: ":").map { URL(filePath: String($0)) }
        let ruby = directories.map { $0.appending(path: "ruby").path }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let ruby else { throw Missing() }
        let directory = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Foreign")
        return try await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask { try await run(ruby, [directory.appending(path: script).path] + arguments) }
            group.addTask {
                try await act()
                return nil
            }
            for try await output in group { if let output { return output } }
            return ""
        }
    }
}
