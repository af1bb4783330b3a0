package import Logging
internal import NIOConcurrencyHelpers
internal import ServiceLifecycle

package struct SpoolPortion: Sendable { let events: [SpooledEvent] }
package struct SpoolStatus: Sendable {
    var count = 0
    var bytes = 0
    var oldestAt: Int64?
}
package final class Spool: Service, Sendable {
    struct S {
        var rows: [SpooledEvent] = []
        var records: [String: AgentRecord] = [:]
    }
    let s = NIOLockedValueBox(S())
    package init(_ store: BridgeConfiguration.Store, metrics: BridgeMetrics? = nil, logger: Logger) {}
    package func run() async throws { try? await gracefulShutdown() }
    package func append(_ events: [SpooledEvent]) async throws { s.withLockedValue { $0.rows += events } }
    package func next(atMost n: Int) async throws -> SpoolPortion {
        while true {
            let r = s.withLockedValue { Array($0.rows.prefix(n)) }
            if !r.isEmpty { return SpoolPortion(events: r) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
    package func remove(_ p: SpoolPortion) async throws {
        s.withLockedValue { $0.rows.removeFirst(p.events.count) }
    }
    package func holds(_ agent: String) -> Bool {
        s.withLockedValue { $0.rows.contains { $0.agent == agent } }
    }
    package func loss(of agent: String) -> SpoolLoss? { nil }
    package func lossTold(of agent: String) {}
    package func remember(_ c: AgentChange) {}
    package func record(of agent: String) async throws -> AgentRecord? { nil }
    package var status: SpoolStatus { s.withLockedValue { SpoolStatus(count: $0.rows.count) } }
    package var trouble: String? { nil }
}
