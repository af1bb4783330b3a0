import Bridge
import GWS
import Testing

@testable import gws_bridge

/// What is made of what GWS tells.
@Suite struct GWSAdviceTests {
    // MARK: The clock

    /// Asked at 100.000 s, and answered 200 ms later.
    private func clock(_ date: Int64) -> ServerClock {
        ServerClock(date: date, sent: 100_000, received: 100_200)
    }

    @Test func `whole seconds and the way explain a difference`() {
        #expect(clock(100_000).lead == 0)
        #expect(clock(99_001).lead == 0)
        #expect(clock(101_200).lead == 1000)
        #expect(clock(98_001).lead == -1000)
    }

    @Test func `the longer the way, the less is known`() {
        #expect(ServerClock(date: 100_000, sent: 100_000, received: 140_000).lead == 0)
    }

    @Test(
        arguments: [
            (105_000, Finding.Status.ok), (106_000, .warning), (95_000, .ok), (92_000, .warning),
            (160_000, .warning),
            (161_000, .failure), (30_000, .failure),
        ] as [(Int64, Finding.Status)])
    func `five seconds are borne, and a minute is not`(date: Int64, status: Finding.Status) {
        #expect(ClockAdvice.finding(clock(date)).status == status)
    }

    @Test func `no date is no mistake`() { #expect(ClockAdvice.finding(nil).status == .ok) }

    // MARK: Back ends

    @Test func `only voice is needed`() {
        let back = { (isActive: Bool) in
            BackEndAdvice.finding([
                .init(type: "Voice", isActive: isActive), .init(type: "MultiMediaState", isActive: false),
            ])
        }
        #expect(back(true).status == .ok && back(true).message == "Voice active, MultiMediaState inactive")
        #expect(back(false).status == .failure)
        #expect(BackEndAdvice.finding(nil).status == .ok)
    }

    // MARK: Notifications

    @Test func `long-polling is needed, acknowledgement is welcome`() {
        let advice = NotificationAdvice(acknowledge: true)
        #expect(advice.finding(["long-polling"], acknowledges: true).status == .ok)
        #expect(advice.finding(["long-polling"], acknowledges: false).status == .ok)
        #expect(advice.finding([], acknowledges: false).status == .ok)
        #expect(advice.finding(["websocket"], acknowledges: true).status == .failure)
        let without = NotificationAdvice(acknowledge: false)
        #expect(without.finding(["long-polling"], acknowledges: true).status == .warning)
        #expect(without.finding(["long-polling"], acknowledges: false).status == .ok)
    }

    // MARK: Features

    private func features(without missing: Set<String>, allowing operations: [String]) -> Finding {
        let granted = Set(OperationCatalogue.all.flatMap(\.features)).subtracting(missing)
        let rule = Permissions.Rule(users: ["u"], operations: operations, agents: ["5*"])
        return FeatureAdvice(
            granted: granted, agents: ["5001"],
            permissions: Permissions(rules: operations.isEmpty ? [] : [rule])
        ).finding
    }

    @Test func `a feature is missed where somebody is permitted what needs it`() {
        let recording: Set = ["api-voice-recording"]
        #expect(features(without: recording, allowing: []).status == .ok)
        #expect(features(without: recording, allowing: ["*"]).status == .ok)
        #expect(features(without: recording, allowing: ["Hold"]).status == .ok)
        let found = features(without: recording, allowing: ["*CallRecording"])
        #expect(
            found.status == .warning && found.message.contains("permissions.rules allow StartCallRecording"))
        #expect(features(without: [], allowing: ["StartCallRecording"]).status == .ok)
    }
}
