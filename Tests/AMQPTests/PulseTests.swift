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
        pulse.rested(at: start + .seconds(8), since: start + .seconds(7))
        #expect(pulse.standstill(at: start + .seconds(18)) == nil)
    }

    @Test func `without a heartbeat nobody stands still or is given up`() {
        let pulse = pulse(heartbeat: .zero)
        #expect(pulse.standstill(at: start + .seconds(1_000_000)) == nil)
        #expect(pulse.patience == nil)
        #expect(pulse.beat == nil)
    }

    @Test func `what is heard in time is heard now`() {
        var pulse = pulse()
        pulse.heard(at: start + .seconds(5))
        #expect(pulse.lastHeard == start + .seconds(5))
    }

    @Test func `what is found late may have lain there since the last turn began`() {
        var pulse = pulse()
        pulse.rested(at: start + .seconds(6), since: start + .seconds(1))
        pulse.heard(at: start + .seconds(7))
        #expect(pulse.lastHeard == start + .seconds(1))
    }

    /// Whatever the link passed on last, and however late the turn is that finds it: RabbitMQ waits for two heartbeats
    /// after our last byte.
    @Test(arguments: 1...40) func `it is not counted on for longer than it waits`(quarters: Int) throws {
        var pulse = pulse()
        let (beat, patience) = (try #require(pulse.beat), try #require(pulse.patience))
        // The last turn before the link froze came just before something was due.
        let lastByte = start
        pulse.rested(at: lastByte + beat, since: lastByte + beat)
        let found = lastByte + beat + .seconds(10) * quarters / 40
        pulse.heard(at: found)
        #expect(pulse.lastHeard + patience <= lastByte + .seconds(20))
    }

    @Test func `an idle broker, that speaks once in a heartbeat, is counted on until it does`() throws {
        #expect(try #require(pulse().patience) > .seconds(10))
    }

    @Test func `what is found late takes nothing back`() {
        var pulse = pulse()
        pulse.heard(at: start + .seconds(2))
        pulse.heard(at: start + .seconds(9))
        #expect(pulse.lastHeard == start + .seconds(2))
    }
}
