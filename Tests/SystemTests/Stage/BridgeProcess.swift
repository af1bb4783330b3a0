import Foundation
import NIOConcurrencyHelpers
import TestSupport

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

    private init(environment: [String: String]) { self.environment = environment }

    /// Another on the same broker and for the same agents, with a store of its own, that has not been started.
    func another(in directory: TemporaryDirectory) throws -> BridgeProcess {
        BridgeProcess(
            environment: environment.merging([
                "GWS_BRIDGE_STORE_DIRECTORY": "\(directory.path)/store",
                "GWS_BRIDGE_CONSOLE_PORT": "\(try FreePort.next())",
            ]) { $1 })
    }

    /// It ended before its time.
    struct Ended: Error {
        let said: String
    }

    func start() throws {
        let next = try Program("run", environment: environment)
        program.withLockedValue { $0 = next }
    }

    func whenReady() async throws {
        try await eventually(within: .seconds(40), "the bridge is ready") {
            guard let current, !current.hasEnded else {
                throw Ended(said: try await current?.ended().error ?? "")
            }
            return try await Program.run("health", environment: environment).code == 0
        }
    }

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
