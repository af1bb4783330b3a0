import AMQP
import Foundation
import GWSSimulator
import NIOConcurrencyHelpers
import TestSupport
import Testing

extension EnduranceTests {
    /// Events while the bridge itself is away: what changed meanwhile is read at the start.
    @Suite(.timeLimit(.minutes(5))) struct EventsAndRestartsTests {
        private static let agents = EventCampaign.agents.count
        /// Unix milliseconds.
        private static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }

        @Test func `a gap is told and made up for when the bridge is killed`() async throws {
            try await EventStage.run { stage in
                try await stage.load {
                    try await stage.bridge.kill()
                } healing: {
                    try stage.bridge.start()
                    try await stage.bridge.whenReady()
                }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(
                    gaps: ["started": 2 * Self.agents], makesUp: true)
                print("bridge killed: \(audit)")
            }
        }

        @Test func `a gap is told and made up for when the bridge is killed and begins again under load`()
            async throws
        {
            try await EventStage.run { stage in
                try await stage.load {
                    try await stage.bridge.kill()
                    try stage.bridge.start()
                    try await stage.bridge.whenReady()
                }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(
                    gaps: ["started": 2 * Self.agents], makesUp: true)
                print("bridge killed under load: \(audit)")
            }
        }

        @Test func `what waited for the broker is published though the bridge was killed`() async throws {
            let node = try await PrivateBroker.hurt
            try await EventStage.run(on: node) { stage in
                let stopped = NIOLockedValueBox<Int64>(0)
                let killed = NIOLockedValueBox<Int64>(0)
                try await stage.load {
                    try await node.stop()
                    stopped.withLockedValue { $0 = Self.now }
                    try await ContinuousClock().sleep(for: .seconds(5))
                    killed.withLockedValue { $0 = Self.now }
                    try await stage.bridge.kill()
                } healing: {
                    try await node.start()
                    try stage.bridge.start()
                    try await stage.bridge.whenReady()
                }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(
                    gaps: ["started": 2 * Self.agents], makesUp: true)
                // What was on its way to or from the bridge at either moment may be missing.
                let waiting =
                    (stopped.withLockedValue(\.self) + 1000)...(killed.withLockedValue(\.self) - 1000)
                let told = await stage.simulator.notifications().count { waiting.contains($0.time) }
                #expect(told > EventCampaign.rate)
                let missing = audit.missing.count { waiting.contains($0.time) }
                #expect(missing == 0, "of \(told)")
                print("bridge killed with a spool: \(audit)")
            }
        }

        @Test func `what waited for a gap to be made up for is published though the bridge was killed`()
            async throws
        {
            try await EventStage.run(acknowledges: true) { stage in
                let forgotten = NIOLockedValueBox<Int64>(0)
                let killed = NIOLockedValueBox<Int64>(0)
                try await stage.load(after: .seconds(1)) {
                    await stage.simulator.inject(.unreadableCalls)
                    await stage.simulator.forgetClients()
                    forgotten.withLockedValue { $0 = Self.now }
                    try await ContinuousClock().sleep(for: .seconds(14))
                    killed.withLockedValue { $0 = Self.now }
                    try await stage.bridge.kill()
                    await stage.simulator.removeFaults()
                } healing: {
                    try stage.bridge.start()
                    try await stage.bridge.whenReady()
                }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(
                    gaps: ["started": 2 * Self.agents, "session-lost": Self.agents], makesUp: true,
                    mayGiveUp: true)
                // Missing may be what was under way when GWS forgot, and what GWS had told last: no poll is sent while
                // the calls are asked for.
                let waiting =
                    (forgotten.withLockedValue(\.self) + 1500)...(killed.withLockedValue(\.self) - 6000)
                let told = await stage.simulator.notifications().count { waiting.contains($0.time) }
                #expect(told > EventCampaign.rate)
                let missing = audit.missing.count { waiting.contains($0.time) }
                #expect(missing == 0, "of \(told)")
                print("bridge killed with events withheld: \(audit)")
            }
        }

        /// The calls that are told to be over, and the others. One that is over must be told as concluded.
        private static func ids(of read: [HeardEvent]) -> (over: [String], others: [String]) {
            var (over, others) = ([String](), [String]())
            for event in read {
                let isInferred = event.message.properties.headers["gws-inferred"]?.bool == true
                if event.message.properties.type != "StatusChange" { others.append("no change of status") }
                guard let id = event.callID else { continue }
                if event.callState == "Released", isInferred { over.append(id) } else { others.append(id) }
            }
            return (over.sorted(), others)
        }

        @Test func `what changed while the bridge was stopped is published at its start`() async throws {
            try await EventStage.run { stage in
                try await stage.load(before: .seconds(2), after: .zero) {}
                try await stage.checkThatNothingIsSilentlyMissing()
                let known = try await stage.campaign.callIDs()
                let ended = try await stage.bridge.stop()
                #expect(ended?.code == 0, "\(ended?.error ?? "")")
                let before = stage.listener.events.count
                await stage.campaign.endCalls()
                try await stage.load(before: .seconds(2), after: .zero) {}
                let there = try await stage.campaign.callIDs()
                try stage.bridge.start()
                try await stage.bridge.whenReady()
                let audit = try await stage.checkThatNothingIsSilentlyMissing(gaps: [
                    "started": 2 * Self.agents
                ])
                let read = stage.listener.events.dropFirst(before).filter {
                    $0.what == .notification(.resync)
                }
                let (over, others) = Self.ids(of: read)
                #expect(over == known.subtracting(there).sorted())
                // Each of the others is told once; all of them if it is new.
                #expect(Set(others).count == others.count)
                #expect(there.subtracting(known).isSubset(of: others))
                #expect(there.isSuperset(of: others))
                print("bridge stopped: \(audit)")
            }
        }

        @Test func `a gap is told and made up for when the spool is full`() async throws {
            let node = try await PrivateBroker.hurt
            try await EventStage.run(
                on: node, hold: .seconds(5), settings: ["store.spool-size": "2MiB"]
            ) { stage in
                try await stage.load(after: .seconds(10)) {
                    try await node.stop()
                } healing: {
                    try await node.start()
                }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(makesUp: true)
                #expect(Set(audit.gaps.keys) == ["started", "spool-full"])
                print("spool full: \(audit)")
            }
        }
    }
}
