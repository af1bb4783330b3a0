import TestSupport
import Testing

extension EnduranceTests {
    /// Events while the broker is away, silent or does not take them: none is lost, and no session with GWS either.
    @Suite(.timeLimit(.minutes(5))) struct EventsAndBrokerTests {
        /// Nothing else was missed than what was before the start.
        private static let none = ["started": EventCampaign.agents.count]

        @Test func `no event is lost while nothing is wrong`() async throws {
            try await EventStage.run { stage in
                let rate = try await stage.load {}
                #expect(rate > 0.95 * Double(EventCampaign.rate))
                let audit = try await stage.checkThatNothingIsSilentlyMissing(gaps: Self.none)
                #expect(audit.duplicates == 0)
                print("quiet, \(Int(rate)) a second: \(audit)")
            }
        }

        @Test func `no event is lost while the broker is stopped for half a minute`() async throws {
            let node = try await PrivateBroker.hurt
            try await EventStage.run(on: node) { stage in
                try await stage.load {
                    try await node.stop()
                    try await ContinuousClock().sleep(for: .seconds(30))
                    try await node.start()
                }
                print("stopped: \(try await stage.checkThatNothingIsSilentlyMissing(gaps: Self.none))")
            }
        }

        @Test func `no event is lost though the broker is killed`() async throws {
            let node = try await PrivateBroker.hurt
            try await EventStage.run(on: node) { stage in
                try await stage.load {
                    try await node.kill()
                    try await node.start()
                }
                print("killed: \(try await stage.checkThatNothingIsSilentlyMissing(gaps: Self.none))")
            }
        }

        @Test func `no event is lost while the link to the broker passes nothing`() async throws {
            try await EventStage.run(links: [.broker], settings: ["amqp.heartbeat": "3s"]) { stage in
                try await stage.load {
                    stage.brokerLink.freeze()
                    try await ContinuousClock().sleep(for: .seconds(12))
                    stage.brokerLink.thaw()
                }
                print("frozen: \(try await stage.checkThatNothingIsSilentlyMissing(gaps: Self.none))")
            }
        }

        @Test func `no event is lost though a link to the broker never passes anything again`() async throws {
            try await EventStage.run(links: [.broker], settings: ["amqp.heartbeat": "3s"]) { stage in
                try await stage.load(after: .seconds(10)) { stage.brokerLink.strand() }
                print("stranded: \(try await stage.checkThatNothingIsSilentlyMissing(gaps: Self.none))")
            }
        }

        @Test func `no event is lost while the broker is short of memory`() async throws {
            let node = try await PrivateBroker.hurt
            try await EventStage.run(on: node) { stage in
                try await stage.load {
                    try await node.withMemoryAlarm {
                        try await ContinuousClock().sleep(for: .seconds(12))
                    }
                }
                print("alarm: \(try await stage.checkThatNothingIsSilentlyMissing(gaps: Self.none))")
            }
        }
    }
}

extension PrivateBroker {
    /// One for those that hurt it, one after the other.
    static var hurt: PrivateBroker {
        get async throws { try await startHurt.value }
    }

    /// Short of memory meanwhile, and not any more, however it ends.
    fileprivate func withMemoryAlarm(_ body: () async throws -> Void) async throws {
        func lift() async throws {
            // Who comes next has the same node: also if this test's time is over.
            try await Task { _ = try await control("set_vm_memory_high_watermark", "0.4") }.value
        }
        do {
            try await control("set_vm_memory_high_watermark", "absolute", "1MB")
            try await body()
        } catch {
            try await lift()
            throw error
        }
        try await lift()
    }

    private static let startHurt = Task { try await start() }
}
