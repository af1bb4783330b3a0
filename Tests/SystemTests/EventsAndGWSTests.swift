import GWSSimulator
import TestSupport
import Testing

extension EnduranceTests {
    /// Events while GWS forgets, falls silent or does not answer: what may have been missed is named and read.
    @Suite(.timeLimit(.minutes(5))) struct EventsAndGWSTests {
        private static let agents = EventCampaign.agents.count

        @Test func `a gap is told and made up for when GWS forgets client ids`() async throws {
            try await EventStage.run(links: [.server]) { stage in
                try await stage.load {
                    await stage.simulator.forgetClients()
                    try await ContinuousClock().sleep(for: .seconds(3))
                    stage.serverLink.freeze()
                    await stage.simulator.forgetClients()
                } healing: {
                    stage.serverLink.thaw()
                }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(
                    gaps: ["started": Self.agents, "session-lost": 2 * Self.agents], makesUp: true)
                print("forgotten: \(audit)")
            }
        }

        @Test func `a gap is told and made up for when GWS restarts`() async throws {
            try await EventStage.run(links: [.server]) { stage in
                try await stage.load {
                    stage.serverLink.refuse()
                    await stage.simulator.restart()
                } healing: {
                    try stage.serverLink.admit()
                }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(makesUp: true)
                #expect(audit.gaps.values.reduce(0, +) == 2 * Self.agents)
                print("restarted: \(audit)")
            }
        }

        @Test func `a gap is told and made up for when an answer to a poll is lost`() async throws {
            try await EventStage.run { stage in
                try await stage.load(after: .seconds(1)) {
                    await stage.simulator.inject(.lostPoll)
                    try await ContinuousClock().sleep(for: .seconds(3))
                    await stage.simulator.removeFaults()
                    await stage.simulator.inject(.everyPollLost)
                } healing: {
                    await stage.simulator.removeFaults()
                }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(makesUp: true)
                #expect(Set(audit.gaps.keys) == ["started", "poll-lost"])
                print("cut: \(audit)")
            }
        }

        @Test func `live events wait until the calls can be read after a gap`() async throws {
            try await EventStage.run { stage in
                try await stage.load(after: .seconds(1)) {
                    await stage.simulator.inject(.unreadableCalls)
                    await stage.simulator.forgetClients()
                    // No poll is sent before the first reading is given up.
                    try await ContinuousClock().sleep(for: .seconds(6))
                    let live = stage.listener.events.count { $0.isLive }
                    try await ContinuousClock().sleep(for: .seconds(6))
                    #expect(stage.listener.events.count { $0.isLive } == live)
                    await stage.simulator.removeFaults()
                }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(
                    gaps: ["started": Self.agents, "session-lost": Self.agents])
                // Less than a second's: those of the gap, and none of those that waited.
                #expect(audit.lost < EventCampaign.rate)
                #expect(audit.duplicates == 0)
                print("unreadable: \(audit)")
            }
        }

        @Test
        func
            `nothing is lost and nothing comes twice when a poll is lost that GWS waits to have acknowledged`()
            async throws
        {
            try await EventStage.run(acknowledges: true) { stage in
                try await stage.load {
                    await stage.simulator.inject(.lostPoll)
                    try await ContinuousClock().sleep(for: .seconds(3))
                    await stage.simulator.removeFaults()
                }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(gaps: ["started": Self.agents])
                #expect(audit.duplicates == 0)
                print("cut and acknowledged: \(audit)")
            }
        }

        @Test(arguments: [false, true])
        func `nothing is lost while GWS answers slowly`(acknowledges: Bool) async throws {
            try await EventStage.run(acknowledges: acknowledges) { stage in
                try await stage.load {
                    await stage.simulator.inject(
                        Fault(.delayUpTo(.seconds(3)), .after, path: "/notifications", times: nil))
                    try await ContinuousClock().sleep(for: .seconds(6))
                    await stage.simulator.removeFaults()
                }
                print(
                    "slow: \(try await stage.checkThatNothingIsSilentlyMissing(gaps: ["started": Self.agents]))"
                )
            }
        }

        @Test func `nothing is lost while the link to GWS passes nothing for a while`() async throws {
            try await EventStage.run(links: [.server]) { stage in
                try await stage.load {
                    stage.serverLink.freeze()
                    try await ContinuousClock().sleep(for: .seconds(4))
                    stage.serverLink.thaw()
                }
                print(
                    "silent: \(try await stage.checkThatNothingIsSilentlyMissing(gaps: ["started": Self.agents]))"
                )
            }
        }

        @Test func `a gap is told and made up for when the link to GWS passed nothing for too long`()
            async throws
        {
            try await EventStage.run(links: [.server]) { stage in
                try await stage.load(after: .zero) {
                    stage.serverLink.freeze()
                    for agent in EventCampaign.agents { try await stage.simulator.noClient(of: agent) }
                } healing: {
                    stage.serverLink.thaw()
                }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(makesUp: true)
                #expect(audit.gaps.values.reduce(0, +) == 2 * Self.agents)
                print("silent for long: \(audit)")
            }
        }

        @Test func `a gap is told and made up for when a link to GWS never passes anything again`()
            async throws
        {
            try await EventStage.run(links: [.server], hold: .seconds(5)) { stage in
                // It is over before anybody has waited for an answer for too long.
                try await stage.load { stage.serverLink.strand() }
                let audit = try await stage.checkThatNothingIsSilentlyMissing(makesUp: true)
                #expect(audit.gaps.values.reduce(0, +) == 2 * Self.agents)
                print("stranded from GWS: \(audit)")
            }
        }
    }
}

extension Fault {
    /// GWS does not show anybody's calls.
    static let unreadableCalls = Fault(
        .answer(status: 503, body: "", contentType: nil), method: "GET", path: "/me/calls", times: nil)

    /// The answer's events are on their way, and half of it arrives: now and then.
    fileprivate static let lostPoll = Fault(
        .half, .after, path: "/notifications", body: "/meta/connect", times: nil, probability: 0.05)

    fileprivate static let everyPollLost = Fault(
        .half, .after, path: "/notifications", body: "/meta/connect", times: nil)
}
