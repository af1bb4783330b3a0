import Testing

@testable import Bridge

struct ResyncDutyTests {
    @Test func `what was not tried yet is due at once`() {
        #expect(ResyncDuty(publishesAll: false, since: .now).isDue(at: .now))
    }

    @Test func `what failed is due again later, and ever later`() {
        var duty = ResyncDuty(publishesAll: true, since: .now)
        var now = ContinuousClock.now
        var pauses: [Duration] = []
        for _ in 0..<12 {
            duty.failed(at: now)
            #expect(!duty.isDue(at: now))
            var pause = Duration.zero
            while !duty.isDue(at: now + pause) { pause += .seconds(1) }
            pauses.append(pause)
            now += pause
        }
        #expect(pauses.first == .seconds(1))
        #expect(pauses == pauses.sorted())
        #expect(pauses.last == .seconds(300))
    }

    @Test func `events wait for it until there are many or much of them, or for long`() {
        let now = ContinuousClock.now
        let duty = ResyncDuty(publishesAll: false, since: now)
        #expect(duty.holdsBack(499, bytes: 4_000_000, at: now + .seconds(59)))
        #expect(!duty.holdsBack(500, bytes: 4_000_000, at: now + .seconds(59)))
        #expect(!duty.holdsBack(1, bytes: 5_000_000, at: now + .seconds(59)))
        #expect(!duty.holdsBack(0, bytes: 0, at: now + .seconds(60)))
    }

    @Test func `no event waits for what GWS refuses to show`() {
        let now = ContinuousClock.now
        var duty = ResyncDuty(publishesAll: false, since: now)
        duty.failed(at: now, isRefusal: true)
        #expect(!duty.holdsBack(0, bytes: 0, at: now))
    }
}
