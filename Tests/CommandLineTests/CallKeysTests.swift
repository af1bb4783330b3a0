import AMQP
import Testing

@testable import gws_bridge

/// What keys do, and what is seen of it.
@Suite struct CallKeysTests {
    private var viewer = Viewer()

    @Test mutating func `a letter sends the operation of the selected call`() {
        viewer.hears("A", "Ringing", #","capabilities":["Answer"]"#)
        #expect(viewer.types("a")?.body == #"{"agent":"5001","callId":"A","operationName":"Answer"}"#)
    }

    @Test mutating func `a letter that the call does not offer does nothing`() {
        viewer.hears("A", "Ringing", #","capabilities":["Answer"]"#)
        #expect(viewer.types("h") == nil)
        #expect(viewer.lastLine.contains("offers nothing for \"h\""))
    }

    @Test mutating func `a key that was meant for a call that is over does nothing to the next`() {
        viewer.hears("A", "Established", #","capabilities":["Hangup"]"#)
        viewer.hears("B", "Held", #","capabilities":["Hangup"]"#)
        viewer.hears("A", "Released", #","capabilities":["Hangup"]"#)
        #expect(viewer.types("H") == nil)
        viewer.passes(.seconds(5))
        #expect(viewer.types("H") == nil)
        #expect(viewer.lastLine.hasPrefix("No call is selected"))
        viewer.types("1")
        #expect(viewer.types("H")?.body?.contains(#""callId":"B""#) == true)
    }

    @Test(arguments: [Key.up, .down])
    mutating func `an arrow chooses where no call is selected any more`(key: Key) {
        for id in ["A", "B", "C"] { viewer.hears(id) }
        viewer.hears("A", "Released")
        viewer.passes(.seconds(5))
        _ = viewer.screen.press(key)
        #expect(viewer.screen.selected == (key == .up ? "C" : "B"))
    }

    @Test mutating func `the first call of a list that was empty is selected`() {
        viewer.hears("A", "Released")
        viewer.passes(.seconds(5))
        viewer.hears("B")
        #expect(viewer.screen.selected == "B")
    }

    @Test mutating func `a call that is forgotten gives way to the next`() {
        for id in ["A", "B"] { viewer.hears(id) }
        viewer.hearsSession("Gap")
        _ = viewer.screen.press(.backspace)
        #expect(viewer.screen.selected == "B")
    }

    @Test mutating func `a key held down is meant once`() {
        viewer.hears("A", "Ringing", #","capabilities":["Answer"]"#)
        viewer.sends(.text("a"), as: "1")
        #expect(viewer.types("a") == nil)
        #expect(viewer.lastLine.contains("under way"))
        viewer.isTold(#"{"commandId":"1","operationName":"Answer","outcome":"refused","final":true}"#)
        #expect(viewer.types("a") != nil)
    }

    @Test mutating func `what is pasted presses no keys`() {
        viewer.hears("A", "Ringing", #","capabilities":["Answer"]"#)
        #expect(viewer.screen.press(.pasted("a")) == nil)
        #expect(viewer.screen.press(.pasted("q")) == nil)
    }

    @Test mutating func `digits and arrows select a call`() {
        for id in ["A", "B", "C"] { viewer.hears(id) }
        viewer.types("3")
        #expect(viewer.screen.selected == "C")
        _ = viewer.screen.press(.up)
        #expect(viewer.screen.selected == "B")
        viewer.types("9")
        #expect(viewer.screen.selected == "B")
    }

    @Test mutating func `without a connection nothing is sent`() {
        viewer.hears("A", "Ringing", #","capabilities":["Answer"]"#)
        viewer.screen.take(Follower.News.interrupted("gone"))
        #expect(viewer.types("a") == nil)
        #expect(viewer.lastLine.contains("Answer was not sent"))
    }

    @Test(arguments: [Key.text("q"), .interrupt])
    mutating func `it can be left`(key: Key) {
        #expect(viewer.screen.press(key) == .leave)
    }

    @Test mutating func `a call of which nobody knows can be forgotten`() {
        viewer.hears("A", "Held")
        _ = viewer.screen.press(.backspace)
        #expect(viewer.screen.calls.count == 1)
        viewer.hearsSession("Gap")
        _ = viewer.screen.press(.backspace)
        #expect(viewer.screen.calls.isEmpty)
    }

    // MARK: - Parameters

    @Test mutating func `parameters are asked for one after another`() {
        viewer.hears("A", "Established", #","capabilities":["SingleStepTransfer"]"#)
        #expect(viewer.types("t") == nil)
        #expect(viewer.lastLine.hasPrefix("destination (telephone number): _"))
        viewer.types("5002")
        #expect(viewer.screen.press(.enter) == nil)
        #expect(viewer.lastLine.hasPrefix("location, Enter for none: _"))
        #expect(viewer.screen.press(.enter) == nil)
        #expect(
            viewer.screen.press(.enter)?.body
                == #"{"agent":"5001","callId":"A","operationName":"SingleStepTransfer","destination":{"phoneNumber":"5002"}}"#
        )
    }

    @Test mutating func `what wipes or ends more than one may think is asked for first`() {
        viewer.hears("A", "Established", #","capabilities":["DeleteUserData"]"#)
        #expect(viewer.types("d") == nil)
        #expect(viewer.lastLine.hasPrefix("Removes all user data of the call. Enter sends it: _"))
        #expect(
            viewer.screen.press(.enter)?.body
                == #"{"agent":"5001","callId":"A","operationName":"DeleteUserData"}"#)
        _ = viewer.types("d")
        viewer.types("no")
        #expect(viewer.screen.press(.enter) == nil)
        #expect(viewer.text.contains("Enter alone sends it, Esc cancels."))
        _ = viewer.screen.press(.eraseLine)
        #expect(viewer.screen.press(.enter)?.body != nil)
        viewer.types(":EndContactCenterSession")
        #expect(viewer.screen.press(.enter) == nil)
        #expect(viewer.screen.press(.escape) == nil)
        #expect(viewer.screen.mode == .calls)
    }

    @Test mutating func `Escape cancels`() {
        viewer.hears("A", "Established", #","capabilities":["SendDtmf"]"#)
        viewer.types(":SendDtmf")
        _ = viewer.screen.press(.enter)
        viewer.types("12")
        #expect(viewer.screen.press(.escape) == nil)
        #expect(viewer.screen.mode == .calls)
    }

    @Test mutating func `a typed operation needs no call where it is of the agent`() {
        viewer.types(":ready")
        #expect(viewer.screen.press(.enter)?.body == #"{"agent":"5001","operationName":"Ready"}"#)
        viewer.types(":Hold")
        #expect(viewer.screen.press(.enter) == nil)
        #expect(viewer.text.contains("Hold needs a call; none is selected."))
    }

    @Test mutating func `Tab completes a typed operation`() {
        viewer.types(":donot")
        _ = viewer.screen.press(.tab)
        #expect(viewer.lastLine == ": DoNotDisturbO_")
        viewer.types("n")
        _ = viewer.screen.press(.tab)
        #expect(viewer.lastLine == ": DoNotDisturbOn _")
    }

    // MARK: - Outcomes

    @Test mutating func `the outcome takes the place of the command`() {
        viewer.hears("A", "Ringing", #","capabilities":["Answer"],"participants":["+4930"]"#)
        viewer.sends(.text("a"), as: "1")
        #expect(viewer.text.contains("Answer +4930: sent"))
        viewer.isTold(
            #"{"commandId":"1","operationName":"Answer","outcome":"accepted","final":false,"httpStatus":200,"acceptedAfterMs":12}"#
        )
        #expect(viewer.text.contains("Answer +4930: accepted (HTTP 200, 12 ms, not final)"))
        for _ in 1...2 {
            viewer.isTold(
                #"{"commandId":"1","operationName":"Answer","outcome":"confirmed","final":true,"finishedAfterMs":31,"#
                    + #""confirmedBy":{"by":"event","messageId":"m/1","notificationType":"StatusChange"}}"#
            )
        }
        #expect(viewer.text.contains("Answer +4930: confirmed (by StatusChange m/1, 31 ms)"))
        #expect(viewer.screen.notes.count == 1)
    }

    @Test mutating func `a change that was not seen is said, and what was`() {
        viewer.types(":Ready")
        viewer.sends(.enter, as: "1")
        viewer.isTold(#"{"commandId":"1","operationName":"Ready","outcome":"accepted","final":false}"#)
        viewer.isTold(
            #"{"commandId":"1","operationName":"Ready","outcome":"unconfirmed","final":true,"reason":"no-change","#
                + #""lastSeen":{"state":"Held"}}"#)
        #expect(viewer.text.contains("Ready: unconfirmed"))
        #expect(viewer.text.contains("no-change; last seen Held"))
    }

    @Test mutating func `an acceptance on which nothing follows is said, and what follows late still shown`()
    {
        viewer.types(":Ready")
        viewer.sends(.enter, as: "1")
        viewer.isTold(#"{"commandId":"1","operationName":"Ready","outcome":"accepted","final":false}"#)
        viewer.passes(.seconds(9))
        #expect(viewer.text.contains("Ready: accepted (not final)"))
        viewer.passes(.seconds(1))
        #expect(viewer.text.contains("Ready: accepted, no final outcome within 10s"))
        viewer.isTold(#"{"commandId":"1","operationName":"Ready","outcome":"confirmed","final":true}"#)
        #expect(viewer.text.contains("Ready: confirmed"))
    }

    @Test mutating func `a refusal says why`() {
        viewer.sends(.text(":"), as: "-")
        viewer.types("Ready")
        viewer.sends(.enter, as: "1")
        viewer.isTold(
            #"{"commandId":"1","operationName":"Ready","outcome":"refused","final":true,"reason":"gws","httpStatus":500,"#
                + #""statusCode":4,"statusMessage":"Device '5001' is not registered.","finishedAfterMs":9}"#)
        #expect(viewer.text.contains("Ready: refused (HTTP 500, statusCode 4, 9 ms)"))
        #expect(viewer.text.contains("gws: Device '5001' is not registered."))
    }

    @Test mutating func `no reply in time is said, and a late one still shown`() {
        viewer.types(":Ready")
        viewer.sends(.enter, as: "1")
        viewer.passes(.seconds(9))
        #expect(viewer.text.contains("Ready: sent"))
        viewer.passes(.seconds(1))
        #expect(viewer.text.contains("Ready: no reply within 10s"))
        viewer.isTold(#"{"commandId":"1","operationName":"Ready","outcome":"accepted","final":true}"#)
        #expect(viewer.text.contains("Ready: accepted"))
    }

    @Test(arguments: [
        (PublishResult.returned(code: 312, text: "NO_ROUTE"), "is the bridge running, with the same prefix?"),
        (.nacked, "try again"), (.failed(.closed), "closed"),
    ])
    mutating func `a command that did not arrive is said not to be sent`(
        result: PublishResult, reason: String
    ) {
        viewer.types(":Ready")
        viewer.sends(.enter, as: "1")
        viewer.screen.published("1", result)
        #expect(viewer.text.contains("Ready: not sent") && viewer.text.contains(reason))
    }

    @Test mutating func `outcomes of others are shown for the agent only`() {
        for agent in ["5001", "5002"] {
            viewer.isTold(
                #"{"commandId":"\#(agent)","agent":"\#(agent)","operationName":"Hold\#(agent)","outcome":"accepted","final":true}"#
            )
        }
        #expect(viewer.text.contains("Hold5001: accepted (not from here)"))
        #expect(!viewer.text.contains("Hold5002"))
    }
}
