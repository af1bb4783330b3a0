import Testing

@testable import AMQP

@Suite struct PulseTests {
    private let start = ContinuousClock.now

    private func pulse(heartbeat: Duration = .seconds(10)) -> Pulse { Pulse(heartbeat: heartbeat, at: start) }

    @Test func `who has worked within the heartbeat has not stood still`() {
        #expect(pulse().standstill(at: start + .seconds(10)) == nil)
    }

    @Test func `who has missed a heartbeat has stood still`() {
        #expect(pulse().standstill(at: start + .seconds(11)) == .seconds(11))
    }

    @Test func `standing still is counted from the last turn`() {
        var pulse = pulse()
        pulse.rested(at: start + .seconds(8))
        #expect(pulse.standstill(at: start + .seconds(18)) == nil)
    }

    @Test func `without a heartbeat nobody stands still or is given up`() {
        let pulse = pulse(heartbeat: .zero)
        #expect(pulse.standstill(at: start + .seconds(1_000_000)) == nil)
        #expect(pulse.patience == nil)
    }

    @Test func `what is heard in time is heard now`() {
        var pulse = pulse()
        pulse.heard(at: start + .seconds(5))
        #expect(pulse.lastHeard == start + .seconds(5))
    }

    @Test func `what is found late may have lain there since the last turn`() {
        var pulse = pulse()
        pulse.rested(at: start + .seconds(1))
        pulse.heard(at: start + .seconds(7))
        #expect(pulse.lastHeard == start + .seconds(1))
    }

    @Test func `what is found late takes nothing back`() {
        var pulse = pulse()
        pulse.heard(at: start + .seconds(2))
        pulse.heard(at: start + .seconds(9))
        #expect(pulse.lastHeard == start + .seconds(2))
    }
}
