public import GWSSimulator
import Logging
import ServiceLifecycle

/// Runs a simulator in this process, on a free port unless the configuration names one, for as long as the body does.
///
/// - Parameter body: Gets the simulator and where it listens, `http://127.0.0.1:port`.
public func withSimulator<Result: Sendable>(
    _ configuration: SimulatorConfiguration = .init(),
    _ body: (_ simulator: Simulator, _ baseURL: String) async throws -> Result
) async throws -> Result {
    var logger = Logger(label: "simulator")
    logger.logLevel = .error
    let simulator = Simulator(configuration: configuration, logger: logger)
    let services = ServiceGroup(services: [simulator], logger: logger)
    return try await withThrowingTaskGroup { group in
        group.addTask { try await services.run() }
        let result: Result
        do {
            result = try await body(simulator, try await simulator.baseURL())
        } catch SimulatorError.notListening {
            // Then its run has thrown, and says why.
            try await group.waitForAll()
            throw SimulatorError.notListening
        }
        // Not by cancelling: a connection that comes in at that moment is dropped by the server (Hummingbird 2) without
        // being closed, and NIO ends the process for it.
        await services.triggerGracefulShutdown()
        try await group.waitForAll()
        return result
    }
}
