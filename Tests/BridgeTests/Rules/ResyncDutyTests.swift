import Testing

@testable import Bridge

struct ResyncDutyTests {
    @Test func `what was not tried yet is due at once`() {
        #expect(ResyncDuty(publishesAll: false).isDue(at: .now))
    }

    @Test func `what failed is due again later, and ever later`() {
        var duty = ResyncDuty(publishesAll: true)
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
        #expect(pauses.first == .seconds(5))
        #expect(pauses == pauses.sorted())
        #expect(pauses.last == .seconds(300))
    }
}
