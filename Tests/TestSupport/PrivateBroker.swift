public import AMQP
import Foundation
import NIOConcurrencyHelpers

/// A RabbitMQ node of the test process's own, on loopback; it goes when its last reference goes, or the process.
///
/// `Scripts/private-broker` runs it. Tests share one and use names of their own; those that hurt it start theirs.
public final class PrivateBroker: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    public let port: Int
    /// Where a TLS listener may be configured.
    public let tlsPort: Int
    public let managementPort: Int
    public let directory: String
    private let script: LineProcess

    /// The node that all tests of this process share.
    public static var shared: PrivateBroker {
        get async throws { try await startShared.value }
    }

    private static let startShared = Task { try await start() }

    private static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Scripts/private-broker").path

    /// `configuration` is for rabbitmq.conf; `@TLS_PORT@` in it stands for `tlsPort`.
    ///
    /// - Parameter other: whose cluster it joins; that one must live as long.
    public static func start(
        configuration: String = "", plugins: [String] = [], joining other: PrivateBroker? = nil
    ) async throws -> PrivateBroker {
        var arguments = plugins.isEmpty ? [] : ["--plugins", plugins.joined(separator: ",")]
        if let other { arguments += ["--join", other.directory] }
        let file = FileManager.default.temporaryDirectory.appending(path: uniqueName("broker-configuration"))
        try configuration.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }  // Of no use to anybody any more.
        arguments += ["--config", file.path]
        let script = try LineProcess(path, arguments)
        var said: [Substring: Substring] = [:]
        while let line = await script.nextLine() {
            if line == "ready" { return try PrivateBroker(script, said) }
            let words = line.split(separator: " ", maxSplits: 1)
            if words.count == 2 { said[words[0]] = words[1] }
        }
        throw Failure(
            description:
                "no private broker: \(script.errors()) (it needs the packages rabbitmq-server and amqp-tools)"
        )
    }

    private init(_ script: LineProcess, _ said: [Substring: Substring]) throws {
        func number(_ key: Substring) -> Int { said[key].flatMap { Int($0) } ?? 0 }
        self.script = script
        port = number("port")
        tlsPort = number("tls-port")
        managementPort = number("management-port")
        directory = String(said["directory"] ?? "")
    }

    public var url: String { "amqp://guest:guest@127.0.0.1:\(port)" }

    /// As guest on "/", with limits that suit tests.
    public func broker(port: Int? = nil, virtualHost: String = "/") -> Broker {
        var broker = Broker(endpoints: [
            .init(host: "127.0.0.1", port: port ?? self.port, virtualHost: virtualHost)
        ])
        broker.connectTimeout = .seconds(15)
        broker.operationTimeout = .seconds(20)
        return broker
    }

    /// Starts the node again, with the same ports and data.
    public func start() async throws { try await tell("start") }

    public func stop() async throws { try await tell("stop") }

    /// SIGKILL.
    public func kill() async throws { try await tell("kill") }

    /// SIGSTOP: the peer falls silent, its connections stay.
    public func suspend() async throws { try await tell("suspend") }

    public func resume() async throws { try await tell("resume") }

    /// What rabbitmqctl says.
    @discardableResult
    public func control(_ arguments: String...) async throws -> String {
        try await control(arguments)
    }

    @discardableResult
    public func control(_ arguments: [String]) async throws -> String {
        try await run(Self.path, ["ctl", directory, "--quiet"] + arguments)
    }

    private func tell(_ command: String) async throws {
        script.write(command)
        guard await script.nextLine() == "done" else {
            throw Failure(description: "the private broker did not obey \(command): \(script.errors())")
        }
    }
}

/// A name that no other test uses.
public func uniqueName(_ prefix: String) -> String {
    let number = uniqueNumber.withLockedValue { number in
        number += 1
        return number
    }
    return "\(prefix)-\(ProcessInfo.processInfo.processIdentifier)-\(number)"
}

private let uniqueNumber = NIOLockedValueBox(0)
