import RawJSON
import Testing

@testable import Bridge

struct ReadingTests {
    private func look(_ expectation: ExpectedChange, _ call: String?, aspect: String? = nil) -> Seen? {
        Seen(Reading(expectation, aspect: aspect, sentAt: 0).look(at: call.map(RawJSON.sample)))
    }

    /// What a look tells, save the glimpse.
    private struct Seen: Equatable {
        var shows = false, isAsBefore = false, isOver = false

        init(shows: Bool = false, isAsBefore: Bool = false, isOver: Bool = false) {
            (self.shows, self.isAsBefore, self.isOver) = (shows, isAsBefore, isOver)
        }

        init?(_ look: Completion.Look) {
            guard case .seen(let shows, let isAsBefore, let isOver, _) = look else { return nil }
            self.init(shows: shows, isAsBefore: isAsBefore, isOver: isOver)
        }
    }

    @Test(arguments: [
        (ExpectedChange.sample("Hold"), nil, Reading.Source.call("A")),
        (.sample("SendDtmf", #"{"digits":"1"}"#), nil, .nothing),
        (.sample("CompleteConference"), nil, .nothing),
        (.sample("CompleteConference"), "C", .call("C")),
        (.sample("CompleteConference", #"{"consultCallUri":"http://gws/me/calls/D"}"#), "C", .call("D")),
        (.sample("CompleteConference", #"{"consultCallId":"D"}"#), nil, .call("D")),
        (.dial("5002"), nil, .calls), (.sample("Dial", call: nil), nil, .nothing),
        (.sample("Ready", call: nil), nil, .devices),
    ])
    func `what there is to read is what the command changes`(
        expectation: ExpectedChange, consultCall: String?, source: Reading.Source
    ) {
        #expect(Reading(expectation, aspect: nil, sentAt: 0).source(consultCall: consultCall) == source)
    }

    @Test func `a call that began at a time that is not known cannot be told`() {
        #expect(Reading(.dial("5002"), aspect: nil, sentAt: nil).source(consultCall: nil) == .nothing)
        #expect(Reading(.dial("5002"), aspect: nil, sentAt: nil).look(atCalls: [], now: 0) == .impossible)
    }

    @Test func `a call shows what was wanted, or that it stands as before, or neither`() {
        #expect(look(.sample("Hold"), #"{"state":"Held"}"#) == Seen(shows: true))
        #expect(
            look(.sample("Hold"), #"{"state":"Established"}"#, aspect: "state=\"Established\"")
                == Seen(isAsBefore: true))
        #expect(look(.sample("Hold"), #"{"state":"Established"}"#, aspect: "state=\"Ringing\"") == Seen())
        #expect(look(.sample("Hold"), #"{"state":"Established"}"#) == Seen())
    }

    @Test func `what stood so before is not as before where it shows the wish`() {
        #expect(look(.sample("Hold"), #"{"state":"Held"}"#, aspect: "state=\"Held\"") == Seen(shows: true))
    }

    @Test func `a call that is over or gone shows only what ends it`() {
        for call in [nil, #"{"state":"Released"}"#] {
            #expect(look(.sample("Hangup"), call) == Seen(shows: true, isOver: true))
            #expect(look(.sample("CompleteTransfer"), call) == Seen(shows: true, isOver: true))
            #expect(look(.sample("CompleteConference"), call) == Seen(shows: true, isOver: true))
            #expect(look(.sample("Hold"), call) == Seen(isOver: true))
        }
    }

    @Test func `what was seen of the call is told`() {
        let look = Reading(.sample("Hold"), aspect: nil, sentAt: 0).look(
            at: .sample(#"{"state":"Ringing","recordingState":"Stopped","capabilities":["Answer"]}"#))
        let glimpse = CommandOutcome.CallGlimpse(
            state: "Ringing", recordingState: "Stopped", capabilities: ["Answer"])
        #expect(look == .seen(shows: false, isAsBefore: false, isOver: false, glimpse))
    }

    // MARK: - Devices

    private func look(_ expectation: ExpectedChange, devices: [String]) -> Completion.Look {
        Reading(expectation, aspect: nil, sentAt: 0).look(atDevices: devices.map(RawJSON.sample))
    }

    private static let ready = #"{"id":"1","userState":{"state":"Ready"}}"#
    private static let away = #"{"id":"2","userState":{"state":"NotReady"}}"#

    @Test func `a device is known by its id, or by being the only one`() {
        let devices = [Self.away, Self.ready]
        #expect(Seen(look(.sample("Ready", device: "1"), devices: devices)) == Seen(shows: true))
        #expect(Seen(look(.sample("Ready", device: "2"), devices: devices)) == Seen())
        #expect(Seen(look(.sample("Ready"), devices: [Self.ready])) == Seen(shows: true))
        #expect(
            look(.sample("Ready", device: "3"), devices: devices) == .failed("GWS does not show the device"))
        #expect(look(.sample("Ready"), devices: []) == .failed("GWS does not show the device"))
    }

    @Test func `of several devices that differ none can be told`() {
        #expect(look(.sample("Ready"), devices: [Self.ready, Self.away]) == .impossible)
        #expect(Seen(look(.sample("Ready"), devices: [Self.ready, Self.ready])) == Seen(shows: true))
    }

    // MARK: - New calls

    private func call(_ id: String = "N", to number: String = "5002", age: String = "3", _ more: String = "")
        -> String
    {
        #"{"id":"\#(id)","state":"Dialing","dnis":"\#(number)","duration":"\#(age)"\#(more)}"#
    }

    /// Of a command that was sent 3.5 s ago.
    private func isShown(by call: String, known: Set<String> = []) -> Bool {
        let reading = Reading(.dial("5002", knownCalls: known), aspect: "", sentAt: 10_000)
        return Seen(reading.look(atCalls: [.sample(call)], now: 13_500)) == Seen(shows: true)
    }

    @Test func `a new call is known by the number that was dialed, and by its age`() {
        #expect(isShown(by: call()))
        #expect(isShown(by: call(age: "4")))
        #expect(!isShown(by: call(age: "5")))
        #expect(!isShown(by: call(to: "5003")))
        #expect(isShown(by: call(to: "9", #","participants":[{"phoneNumber":"5002"}]"#)))
        #expect(isShown(by: call(to: "9", #","participants":["5002"]"#)))
    }

    @Test func `a call that was known, or is a consult call, or has no age, is not the new one`() {
        #expect(!isShown(by: call(), known: ["N"]))
        #expect(!isShown(by: call(age: "3", #","callType":"Consult""#)))
        #expect(!isShown(by: #"{"id":"N","dnis":"5002"}"#))
    }

    @Test func `that there is no new call does not prove that there was none`() {
        let look = Reading(.dial("5002"), aspect: nil, sentAt: 0).look(atCalls: [], now: 1000)
        #expect(look == .seen(shows: false, isAsBefore: false, isOver: false, nil))
    }
}
