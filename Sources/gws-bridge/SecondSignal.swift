import Foundation
import ServiceLifecycle

/// Gives SIGTERM and SIGINT their own effect back once the first has begun a graceful shutdown: who sends a second one
/// does not want to wait any longer.
struct SecondSignal: Service {
    func run() async throws {
        try await gracefulShutdown()
        signal(SIGTERM, SIG_DFL)
        signal(SIGINT, SIG_DFL)
    }
}
