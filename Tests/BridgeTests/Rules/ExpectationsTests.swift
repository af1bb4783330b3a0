import GWS
import Testing

@testable import Bridge

struct ExpectationsTests {
    /// Sent in this order, numbered from 1.
    private func sent(_ expectations: ExpectedChange..., accepted: Set<Int> = []) -> Expectations {
        var all = Expectations()
        for (index, expectation) in expectations.enumerated() { all.add(expectation, of: index + 1) }
        for number in accepted.sorted() { _ = all.accept(number) }
        return all
    }

    private func decided(
        _ expectations: inout Expectations, by notification: GWS.Notification, device: String? = nil
    ) -> [Int] {
        expectations.see(notification, deviceID: device, messageID: "m").decided
    }

    // MARK: - Calls

    @Test func `the change of its call confirms a command, and the event names it`() {
        var all = sent(.sample("Hold", id: "c1"), accepted: [1])
        let seen = all.see(.call("A", "Held"), deviceID: nil, messageID: "5001/e/1")
        #expect(seen.decided == [1])
        #expect(seen.cause?.commandID == "c1")
        #expect(
            all.sighting(of: 1)
                == .changed(messageID: "5001/e/1", notificationType: "StatusChange", already: false))
    }

    @Test(arguments: [
        GWS.Notification.call("B", "Held"), .call("A", "Established"),
        .call("A", "Held", type: "AttachedDataChanged"),
    ])
    func `another call, another state, another notification confirm nothing`(notification: GWS.Notification) {
        var all = sent(.sample("Hold"), accepted: [1])
        #expect(decided(&all, by: notification).isEmpty)
        #expect(all.sighting(of: 1) == nil)
    }

    @Test func `an event may come before the reply, and has no cause then`() {
        var all = sent(.sample("Hold"))
        let seen = all.see(.call("A", "Held"), deviceID: nil, messageID: "m")
        #expect(seen.decided == [1])
        #expect(seen.cause == nil)
        #expect(all.accept(1) == all.sighting(of: 1))
    }

    @Test func `one event confirms one command, the one that was sent first`() {
        var all = sent(.sample("Hold"), .sample("Hold"), accepted: [1, 2])
        #expect(decided(&all, by: .call("A", "Held")) == [1])
        #expect(decided(&all, by: .call("A", "Held")) == [2])
        #expect(decided(&all, by: .call("A", "Held")) == [])
    }

    @Test func `what stood so before the command is confirmed as that`() {
        var all = sent(.sample("Hold", before: #"{"state":"Held"}"#), accepted: [1])
        #expect(all.expectation(of: 1)?.heldBefore == true)
        _ = decided(&all, by: .call("A", "Held"))
        #expect(
            all.sighting(of: 1) == .changed(messageID: "m", notificationType: "StatusChange", already: true))
    }

    @Test func `sent again, a command is expected as it was`() {
        var all = sent(.sample("SwapCalls", before: #"{"state":"Held"}"#))
        all.add(.sample("SwapCalls", before: #"{"state":"Established"}"#), of: 1)
        #expect(decided(&all, by: .call("A", "Established")) == [1])
    }

    @Test func `sent again, it is expected as is known now, if it was not before`() {
        var all = sent(.sample("SwapCalls"))
        all.add(.sample("SwapCalls", before: #"{"state":"Held"}"#), of: 1)
        #expect(decided(&all, by: .call("A", "Established")) == [1])
    }

    @Test func `delivered again, a command is the same under its new number`() {
        var all = sent(.sample("Hold", id: "c1"))
        _ = decided(&all, by: .call("A", "Held"))
        all.add(.sample("Hold", id: "c1"), of: 5)
        #expect(all.sighting(of: 1) == nil)
        #expect(all.sighting(of: 5) != nil)
    }

    @Test func `what is over is expected no more`() {
        var all = sent(.sample("Hold"))
        all.remove(1)
        #expect(all.isEmpty)
        #expect(decided(&all, by: .call("A", "Held")).isEmpty)
        #expect(all.accept(1) == nil)
    }

    @Test func `a sighting that meant nothing leaves the command to be seen`() {
        var all = sent(.sample("Hold"))
        _ = decided(&all, by: .failure())
        all.dismissSighting(of: 1)
        #expect(all.sighting(of: 1) == nil)
        #expect(decided(&all, by: .call("A", "Held")) == [1])
    }

    // MARK: - The end of a call

    @Test func `the end of a call ends what cannot be seen of it any more`() {
        var all = sent(.sample("Hold"), .sample("Hold", call: "B"), accepted: [1])
        #expect(decided(&all, by: .call("A", "Released")) == [1])
        #expect(all.sighting(of: 1) == .callEnded(CommandOutcome.CallGlimpse(state: "Released")))
    }

    @Test func `of two that end a call one is confirmed, and the other not told that it failed`() {
        var all = sent(.sample("Hangup"), .sample("Hangup"), accepted: [1, 2])
        #expect(decided(&all, by: .call("A", "Released")) == [1])
        #expect(all.sighting(of: 2) == nil)
    }

    // MARK: - Consult calls

    private static let consult = #","callType":"Consult","parentCallUri":"http://gws/api/v2/me/calls/P""#

    @Test(arguments: [
        ExpectedChange.sample("CompleteConference", call: "P"), .sample("CompleteConference", call: "C"),
        .sample("CompleteConference", call: "P", #"{"consultCallId":"C"}"#),
        .sample("CompleteConference", call: "P", #"{"consultCallUri":"http://gws/me/calls/C"}"#),
    ])
    func `a conference is complete when the consult call ends, to whichever call it was posted`(
        expectation: ExpectedChange
    ) {
        var all = sent(expectation, accepted: [1])
        #expect(decided(&all, by: .call("P", "Released")).isEmpty)
        #expect(decided(&all, by: .call("D", "Released", #","callType":"Consult""#)).isEmpty)
        #expect(decided(&all, by: .call("C", "Released", Self.consult)) == [1])
    }

    // MARK: - New calls

    private func dialing(_ id: String, to number: String, _ more: String = "") -> GWS.Notification {
        .call(id, "Dialing", #","dnis":"\#(number)"\#(more)"#)
    }

    @Test func `a call that was known is not the one that was dialed`() {
        var all = sent(.dial("5002", knownCalls: ["A"]), accepted: [1])
        #expect(decided(&all, by: dialing("A", to: "5002")).isEmpty)
        #expect(decided(&all, by: dialing("B", to: "5002")) == [1])
    }

    @Test func `a consult call is not the one that was dialed`() {
        var all = sent(.dial("5002"), accepted: [1])
        #expect(decided(&all, by: dialing("C", to: "5002", Self.consult)).isEmpty)
    }

    @Test func `of two that were dialed each has the call with its number`() {
        var all = sent(.dial("5002"), .dial("5003"), accepted: [1, 2])
        #expect(decided(&all, by: dialing("B", to: "5003")) == [2])
        #expect(decided(&all, by: dialing("C", to: "5002")) == [1])
    }

    @Test func `a number that the switch has rewritten is still the one that was dialed`() {
        var all = sent(.dial("5002"), accepted: [1])
        #expect(decided(&all, by: dialing("B", to: "+4930 5002")) == [1])
    }

    // MARK: - Devices

    @Test func `a device confirms what was sent to it, or to none by name`() {
        var all = sent(
            .sample("Ready", call: nil, device: "1"), .sample("Ready", call: nil), accepted: [1, 2])
        let both = GWS.Notification.devices(["1": "NotReady", "2": "Ready"])
        #expect(decided(&all, by: both, device: "1").isEmpty)
        #expect(decided(&all, by: both, device: "2") == [2])
        #expect(decided(&all, by: .devices(["1": "Ready"]), device: "1") == [1])
    }

    @Test func `who was not ready is so already`() {
        let before = #"{"userState":{"state":"NotReady"}}"#
        var all = sent(.sample("NotReady", call: nil, before: before), accepted: [1])
        #expect(decided(&all, by: .devices(["1": "NotReady"]), device: "1") == [1])
        #expect(
            all.sighting(of: 1)
                == .changed(messageID: "m", notificationType: "DeviceStateChangeMessage", already: true))
    }

    // MARK: - Superseding

    private func isFirstSuperseded(
        _ first: ExpectedChange, by second: ExpectedChange, accepted: Set<Int> = [1, 2]
    )
        -> Bool
    {
        sent(first, second, accepted: accepted).isSuperseded(1)
    }

    @Test func `a later command of the call that changes the same thing supersedes, once GWS took it`() {
        #expect(isFirstSuperseded(.sample("Hold"), by: .sample("Retrieve")))
        #expect(!isFirstSuperseded(.sample("Hold"), by: .sample("Retrieve"), accepted: [1]))
        #expect(!isFirstSuperseded(.sample("Hold"), by: .sample("Retrieve", call: "B")))
        #expect(!isFirstSuperseded(.sample("Hold"), by: .sample("StartCallRecording")))
        #expect(!sent(.sample("Hold"), .sample("Retrieve"), accepted: [1, 2]).isSuperseded(2))
    }

    @Test func `a command to another device, or for another call, supersedes nothing`() {
        let on = ExpectedChange.sample("DoNotDisturbOn", call: nil, device: "1")
        #expect(isFirstSuperseded(on, by: .sample("DoNotDisturbOff", call: nil, device: "1")))
        #expect(!isFirstSuperseded(on, by: .sample("DoNotDisturbOff", call: nil, device: "2")))
        #expect(!isFirstSuperseded(.dial("5002"), by: .dial("5003")))
    }

    @Test func `what failed before the reply came supersedes nothing`() {
        // What has been seen is no candidate any more.
        var all = sent(.sample("Hold"), .sample("Retrieve"), accepted: [1])
        _ = decided(&all, by: .call("A", "Held"))
        #expect(decided(&all, by: .failure(ofCall: "A")) == [2])
        _ = all.accept(2)
        #expect(!all.isSuperseded(1))
    }

    @Test func `what failed after all supersedes nothing`() {
        var all = sent(.sample("Hold"), .sample("Retrieve"), accepted: [1])
        _ = decided(&all, by: .call("A", "Held"))
        _ = all.accept(2)
        #expect(all.isSuperseded(1))
        #expect(decided(&all, by: .failure(ofCall: "A")) == [2])
        #expect(!all.isSuperseded(1))
    }
}
