import Foundation
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// The bridge as an operator runs it, one process after another on the same store.
final class BridgeProcess: Sendable {
    private let environment: [String: String]
    private let program = NIOLockedValueBox<Program?>(nil)

    /// - Parameter settings: By their keys, `commands.lifetime`.
    init(_ settings: [String: String], environment: [String: String] = [:]) {
        self.environment = settings.reduce(into: environment) { environment, setting in
            let name = setting.key.uppercased().map { $0 == "." || $0 == "-" ? "_" : $0 }
            environment["GWS_BRIDGE_" + String(name)] = setting.value
        }
    }

    /// Another on the same broker and for the same agents, with a store of its own, that has not been started.
    ///
    /// - Parameter settings: where they differ, by their keys.
    func another(
        in directory: TemporaryDirectory, _ settings: [String: String] = [:]
    ) throws -> BridgeProcess {
        let own = [
            "store.directory": "\(directory.path)/store", "console.port": "\(try FreePort.next())",
        ]
        return BridgeProcess(own.merging(settings) { $1 }, environment: environment)
    }

    /// Runs the body beside another such process that is ready, and then stops that, which must end without an error.
    ///
    /// - Parameter settings: of the other, where they differ.
    func withAnother(
        _ settings: [String: String] = [:], _ body: (BridgeProcess) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let another = try another(in: directory, settings)
        try another.start()
        try await another.whenReady()
        try await body(another)
        let ended = try await another.stop()
        #expect(ended?.code == 0, "\(ended?.error ?? "")")
        withExtendedLifetime(directory) {}
    }

    /// What was built with the tests, unless another is to be tried.
    private static let program = ProcessInfo.processInfo.environment["GWS_BRIDGE_PROGRAM"] ?? "gws-bridge"

    /// It ended before its time.
    struct Ended: Error {
        let said: String
    }

    func start() throws {
        let next: Program
        if environment["LD_PRELOAD"] == nil {
            next = try Program(["run"], of: Self.program, environment: environment)
        } else {
            // A library that changes the environment before the program begins hides the arguments from Swift; so it is
            // loaded by another before.
            let path = Self.program.hasPrefix("/") ? Self.program : try Program.directory + "/" + Self.program
            next = try Program([path, "run"], of: "/usr/bin/env", environment: environment)
        }
        program.withLockedValue { $0 = next }
    }

    func whenReady() async throws {
        try await eventually(within: .seconds(40), "the bridge is ready") {
            try await checkThatItRuns()
            let environment = environment.filter { $0.key != "LD_PRELOAD" }
            return try await Program.run("health", environment: environment).code == 0
        }
    }

    /// - Throws: ``Ended``.
    func checkThatItRuns() async throws {
        guard let current, !current.hasEnded else {
            let ended = try await current?.ended()
            throw Ended(said: "\(ended?.code ?? 0) \(ended?.output ?? "") \(ended?.error ?? "")")
        }
    }

    /// Returns when it has ended by itself.
    func ended() async throws -> Program.Ended? { try await current?.ended(within: .seconds(60)) }

    /// On standard output or standard error.
    func prints(_ text: String) async throws { try await current?.prints(text, within: .seconds(40)) }

    /// SIGKILL, and it is gone.
    func kill() async throws {
        current?.signal(SIGKILL)
        _ = try await current?.ended()
    }

    /// SIGSTOP: it stands still, and its connections stay.
    func suspend() { current?.signal(SIGSTOP) }

    func resume() { current?.signal(SIGCONT) }

    /// SIGTERM.
    ///
    /// - Returns: what it exits with.
    func stop() async throws -> Program.Ended? {
        current?.signal(SIGTERM)
        return try await current?.ended(within: .seconds(60))
    }

    private var current: Program? { program.withLockedValue(\.self) }
}
