import GWS
import Testing

@testable import Bridge

/// ErrorMessages: GWS names no command in them, and often nothing at all.
struct ExpectationsFailureTests {
    /// Sent in this order, numbered from 1, and taken.
    private func taken(_ expectations: ExpectedChange...) -> Expectations {
        var all = Expectations()
        for (index, expectation) in expectations.enumerated() { all.add(expectation, of: index + 1) }
        for number in expectations.indices { _ = all.accept(number + 1) }
        return all
    }

    private func decided(
        _ expectations: inout Expectations, by notification: GWS.Notification, device: String? = nil
    ) -> [Int] {
        expectations.see(notification, deviceID: device, messageID: "m").decided
    }

    @Test func `a failure that names a call is that of the call's command`() {
        var all = taken(.sample("Hold"), .sample("Hold", call: "B"))
        #expect(decided(&all, by: .failure(ofCall: "C")).isEmpty)
        #expect(decided(&all, by: .failure(ofCall: "B")) == [2])
        #expect(all.sighting(of: 2) == .failed(message: "no", isNamed: true))
    }

    @Test func `a failure that names nothing is that of the only command on its topic`() {
        var all = taken(.sample("Hold"), .sample("Ready", call: nil))
        #expect(decided(&all, by: .failure()) == [1])
        #expect(all.sighting(of: 1) == .failed(message: nil, isNamed: false))
        #expect(decided(&all, by: .failure(on: "devices")) == [2])
    }

    @Test(arguments: [GWS.Notification.failure(), .failure(ofCall: "A")])
    func `a failure that may be of two is of none`(failure: GWS.Notification) {
        var all = taken(.sample("Hold"), .sample("StartCallRecording"))
        #expect(decided(&all, by: failure).isEmpty)
        #expect(all.sighting(of: 1) == nil)
        #expect(all.sighting(of: 2) == nil)
    }

    @Test func `a call that could not begin may be told of on either topic`() {
        for topic in ["calls", "devices"] {
            var all = taken(.dial("5002"))
            #expect(decided(&all, by: .failure(on: topic)) == [1])
        }
    }

    @Test func `a failure that names a device is that of the device's command`() {
        let failure = GWS.Notification.failure(#","deviceUri":"http://gws/api/v2/devices/1""#, on: "devices")
        var all = taken(
            .sample("DoNotDisturbOn", call: nil, device: "2"),
            .sample("DoNotDisturbOn", call: nil, device: "1"))
        #expect(decided(&all, by: failure, device: "1") == [2])
        #expect(all.sighting(of: 2) == .failed(message: nil, isNamed: true))
    }

    @Test func `a device that is named says nothing of a call`() {
        var all = taken(.sample("Hold"))
        _ = decided(&all, by: .failure(#","deviceUri":"http://gws/api/v2/devices/1""#), device: "1")
        #expect(all.sighting(of: 1) == .failed(message: nil, isNamed: false))
    }

    @Test func `a failure of several devices is one failure`() {
        let failure = GWS.Notification.failure(#","devices":[{"id":"1"},{"id":"2"}]"#, on: "devices")
        var all = taken(
            .sample("DoNotDisturbOn", call: nil, device: "1"),
            .sample("ForwardCallsOff", call: nil, device: "3"))
        all.refuse(1, at: 1_000_000)
        all.add(.sample("DoNotDisturbOn", call: nil, device: "2"), of: 3)
        all.remove(3)
        #expect(decided(&all, by: failure, device: "1").isEmpty)
        all.add(.sample("DoNotDisturbOn", call: nil, device: "2"), of: 4)
        #expect(decided(&all, by: failure, device: "2").isEmpty)
    }

    @Test func `a failure may come before the reply`() {
        var all = Expectations()
        all.add(.sample("Hold"), of: 1)
        #expect(decided(&all, by: .failure()) == [1])
        #expect(all.accept(1) == .failed(message: nil, isNamed: false))
    }

    @Test func `an event that shows the change outweighs a failure`() {
        var all = Expectations()
        all.add(.sample("Hold"), of: 1)
        _ = decided(&all, by: .failure())
        #expect(decided(&all, by: .call("A", "Held")) == [1])
        guard case .changed? = all.sighting(of: 1) else {
            Issue.record("it failed all the same")
            return
        }
    }

    // MARK: - Echoes

    @Test func `what GWS refused, and tells of once more, is not the failure of another`() {
        var all = taken(.sample("Hold"))
        all.add(.sample("StartCallRecording"), of: 2)
        all.refuse(2, at: 1_000_000)
        #expect(decided(&all, by: .failure(ofCall: "A", at: 1_000_500)).isEmpty)
        #expect(all.sighting(of: 1) == nil)
    }

    @Test func `a refusal alone takes its echo along, and the next failure is another's`() {
        var all = Expectations()
        all.add(.sample("Hold"), of: 1)
        all.refuse(1, at: 1_000_000)
        #expect(decided(&all, by: .failure(at: 1_000_500)).isEmpty)
        #expect(all.isEmpty)
    }

    @Test func `an echo that came before the refusal is not waited for`() {
        var all = Expectations()
        all.add(.sample("Hold"), of: 1)
        _ = decided(&all, by: .failure())
        all.refuse(1, at: 1_000_000)
        #expect(all.isEmpty)
    }

    @Test func `an event before the refusal does not keep the echo from being known`() {
        var all = taken(.sample("Hold", call: "B"))
        all.add(.sample("Hold"), of: 2)
        _ = decided(&all, by: .call("A", "Held"))
        all.refuse(2, at: 1_000_000)
        #expect(decided(&all, by: .failure(ofCall: "A", at: 1_000_500)).isEmpty)
        #expect(decided(&all, by: .failure(at: 1_000_600)) == [1])
    }

    @Test func `an echo is waited for as long as one was ever seen to take, and a bit`() {
        var all = taken(.sample("Hold"))
        all.add(.sample("StartCallRecording"), of: 2)
        all.refuse(2, at: 1_000_000)
        #expect(decided(&all, by: .failure(ofCall: "A", at: 1_001_001)) == [1])
    }

    @Test func `what was refused is confirmed by nothing`() {
        var all = Expectations()
        all.add(.sample("Hold"), of: 1)
        all.refuse(1, at: 1_000_000)
        #expect(decided(&all, by: .call("A", "Held", at: 1_000_100)).isEmpty)
        #expect(decided(&all, by: .call("A", "Released", at: 1_000_200)).isEmpty)
    }
}
