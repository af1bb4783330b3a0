import AMQP
import Testing

@testable import gws_bridge

/// What is seen of calls, agents and the connection.
@Suite struct CallScreenTests {
    private var viewer = Viewer()

    @Test mutating func `a call shows its state, party, recording and operations`() {
        viewer.hears(
            "A", "Established",
            #","participants":[{"phoneNumber":"5002"},{"digits":"5003"}],"recordingState":"Paused","mute":"On","#
                + #""capabilities":["Hold","Hangup"],"userData":{"k":"v","nested":{"n":[1]}}"#)
        for text in [
            "> 1  Established", "5002, 5003", "Paused muted", "StatusChange", "h Hold", "H Hangup",
            #"k=v  nested={"n":[1]}"#,
        ] {
            #expect(viewer.text.contains(text))
        }
    }

    @Test(arguments: [
        #""participants":["5002"]"#, #""participants":[],"participantsInfo":[{"digits":"5002"}]"#,
        #""participants":[{"formattedPhoneNumber":"5002","phoneNumber":""}]"#,
    ])
    mutating func `participants of every format are shown`(members: String) {
        viewer.hears("A", "Held", ",\(members)")
        #expect(viewer.text.contains("5002"))
    }

    @Test mutating func `what nobody knows is shown as it came`() {
        viewer.hears("A", "Pondering", #","capabilities":["Levitate"]"#, type: "MoodChange")
        for text in ["Pondering", "Levitate", "MoodChange"] { #expect(viewer.text.contains(text)) }
    }

    @Test mutating func `the duration counts on, and stops with the call`() {
        viewer.hears("A", "Established", #","duration":"58""#)
        viewer.passes(.seconds(3))
        #expect(viewer.text.contains(" 01:01 "))
        viewer.hears("A", "Released", #","duration":"61""#)
        viewer.passes(.seconds(2))
        #expect(viewer.text.contains(" 01:01 "))
    }

    @Test mutating func `a call that is over is still shown for a moment`() {
        viewer.hears("A", "Released")
        viewer.passes(.seconds(4))
        #expect(viewer.text.contains("> 1  Released"))
        // Told again, it does not stay longer.
        viewer.hears("A", "Released")
        viewer.passes(.seconds(1))
        #expect(!viewer.text.contains("Released"))
    }

    @Test mutating func `calls of other agents are not shown`() {
        viewer.hears("A", "Ringing", of: "5002")
        #expect(!viewer.text.contains("Ringing"))
    }

    @Test mutating func `the agent's device says how the agent is`() {
        viewer.hears(
            data: #"{"messageType":"DeviceStateChangeMessage","devices":[{"id":"d","phoneNumber":"5001","#
                + #""userState":{"state":"NotReady","displayName":"Not Ready"},"doNotDisturb":"On"}]}"#)
        #expect(viewer.text.contains("5001, Not Ready, do not disturb"))
    }

    @Test(arguments: [
        (#"{"messageType":"ErrorMessage","errorMessage":"no line"}"#, "ErrorMessage: no line"),
        (#"{"messageType":"ErrorMessage","deviceUri":"x"}"#, "ErrorMessage: without details"),
    ])
    mutating func `an ErrorMessage is a line`(data: String, line: String) {
        viewer.hears(data: data)
        #expect(viewer.text.contains(line))
    }

    // MARK: - What may have been missed

    @Test mutating func `a gap makes what is shown doubtful until it is told again`() {
        viewer.hears("A", "Held")
        viewer.hearsSession("Gap", #"{"reason":"poll-lost"}"#)
        #expect(viewer.text.contains("Held?") && viewer.text.contains("events may be missing (poll-lost)"))
        viewer.hears("A", "Held")
        #expect(!viewer.text.contains("Held?"))
    }

    @Test mutating func `what is not among the calls that were read is over`() {
        viewer.hears("A", "Held")
        viewer.hears("B", "Ringing")
        viewer.hearsSession("Resynced", #"{"calls":["B"]}"#)
        viewer.passes(.seconds(6))
        #expect(!viewer.text.contains("Held") && viewer.text.contains("Ringing"))
    }

    @Test mutating func `the end of a session is a line`() {
        viewer.hearsSession("Ended", #"{"reason":"stopped"}"#)
        #expect(viewer.text.contains("the bridge's session of 5001 has ended (stopped)"))
    }

    @Test mutating func `a lost connection is said, and what it may have cost`() {
        viewer.hears("A", "Held")
        viewer.screen.take(Follower.News.interrupted("the broker is gone"))
        #expect(viewer.text.contains("NOT CONNECTED"))
        #expect(viewer.text.contains("the broker is gone; trying again"))
        viewer.screen.take(Follower.News.following(isAgain: true))
        #expect(!viewer.text.contains("NOT CONNECTED"))
        #expect(viewer.text.contains("Held?") && viewer.text.contains("what came meanwhile was missed"))
    }

    // MARK: - What others wrote

    @Test mutating func `nothing that others wrote drives the terminal`() {
        let bad = #"\u001b[2J\u0007\u009b31m\u202e\u200e\u200f\u061c\u200b\u2067\u2028\ufeff\r\n"#
        viewer.hears(
            bad, bad,
            #","participants":["\#(bad)"],"callType":"\#(bad)","dnis":"\#(bad)","recordingState":"\#(bad)","#
                + #""capabilities":["\#(bad)"],"userData":{"\#(bad)":"\#(bad)"}"#, type: "\u{1B}[2J")
        viewer.hears(data: #"{"messageType":"ErrorMessage","errorMessage":"\#(bad)"}"#)
        viewer.hears("B", of: "\u{1B}c")
        viewer.hearsSession("Ended", #"{"reason":"\#(bad)"}"#)
        viewer.isTold(
            #"{"commandId":"1","agent":"5001","operationName":"\#(bad)","outcome":"\#(bad)","reason":"\#(bad)","detail":"\#(bad)"}"#
        )
        viewer.screen.take(Follower.News.interrupted("\u{1B}[2J"))
        let shown = viewer.text(width: 300, height: 60)
        _ = viewer.screen.press(.text("@"))
        for text in [shown, viewer.text] {
            #expect(
                text.unicodeScalars.allSatisfy {
                    $0 == "\n"
                        || !$0.properties.isBidiControl && $0.properties.generalCategory != .format
                            && $0.value >= 0x20
                            && !(0x7F..<0xA0).contains($0.value)
                })
        }
    }

    // MARK: - More calls than there is room for

    private mutating func hearsMany(_ count: Int) {
        for number in 1...count { viewer.hears("C\(number)", "Held", #","capabilities":["Hangup"]"#) }
    }

    @Test mutating func `the selected call stays, whatever comes`() {
        hearsMany(CallScreen.mostCalls)
        viewer.hears("C1", "Released")
        viewer.hears("D")
        #expect(viewer.screen.selected == "C1" && viewer.screen.call != nil)
        viewer.hearsSession("Gap")
        for number in 0..<100 { viewer.hears("E\(number)") }
        #expect(viewer.screen.selected == "C1" && viewer.screen.call != nil)
    }

    @Test mutating func `what is over gives way first, then what may be`() {
        hearsMany(CallScreen.mostCalls)
        viewer.hearsSession("Gap")
        viewer.hears("C2", "Held")
        viewer.hears("C5", "Released")
        viewer.hears("D1")
        #expect(!viewer.screen.calls.contains { $0.id == "C5" })
        viewer.hears("D2")
        #expect(!viewer.screen.calls.contains { $0.id == "C3" })
        #expect(viewer.screen.calls.contains { $0.id == "C2" })
    }

    @Test mutating func `calls for which there is no room are counted`() {
        hearsMany(CallScreen.mostCalls)
        for id in ["D1", "D2", "D1"] { viewer.hears(id) }
        #expect(viewer.text.contains("  2 more calls"))
        viewer.hears("D1", "Released")
        #expect(viewer.text.contains("  1 more call\n"))
        viewer.hears("C7", "Released")
        viewer.hears("D2")
        #expect(viewer.screen.calls.contains { $0.id == "D2" } && !viewer.text.contains(" more call"))
    }

    @Test mutating func `the first connection misses nothing, however long it takes`() {
        var viewer = Viewer(isConnected: false)
        viewer.screen.take(Follower.News.interrupted("not there yet"))
        viewer.types(":Ready")
        _ = viewer.screen.press(.enter)
        #expect(viewer.lastLine.contains("was not sent"))
        viewer.screen.take(Follower.News.following(isAgain: true))
        #expect(!viewer.text.contains("missed") && !viewer.text.contains("was not sent"))
    }

    @Test mutating func `long lists are bounded`() {
        for number in 0..<500 {
            viewer.hears("C\(number)", of: "A\(number)")
            viewer.hears("C\(number)")
        }
        #expect(viewer.screen.calls.count == CallScreen.mostCalls)
        for number in 500..<3_000 { viewer.hears("C", of: "A\(number)") }
        #expect(viewer.screen.agents.count == CallScreen.mostAgents)
    }

    @Test(arguments: [
        "", "[]", "{", #"{"data":1}"#, #"{"data":{"call":1,"devices":{}}}"#, #"{"data":{"call":{"id":""}}}"#,
    ])
    mutating func `a body that is no notification changes nothing`(body: String) {
        let before = viewer.text
        viewer.screen.take(
            .init(
                exchange: "gws.events", routingKey: "call.1.X",
                properties: .init(headers: ["gws-agent": "5001"]), body: Array(body.utf8)),
            at: viewer.now)
        #expect(viewer.text == before)
    }

    // MARK: - Agents

    @Test func `before anybody is heard of, it says what to do`() {
        #expect(Viewer(agent: nil).text.contains("type its name and press Enter"))
    }

    @Test func `an agent that was heard of can be chosen`() {
        var viewer = Viewer(agent: nil)
        for agent in ["5002", "5001"] { viewer.hears("A", "Held", of: agent) }
        #expect(viewer.text.contains("> 5001"))
        _ = viewer.screen.press(.down)
        _ = viewer.screen.press(.enter)
        #expect(viewer.text.contains("agent 5002") && viewer.text.contains("Held"))
    }

    @Test func `an agent can be typed, and may be the beginning of another`() {
        var viewer = Viewer(agent: nil)
        viewer.hears("A", of: "50011")
        viewer.hears("A", of: "5001")
        viewer.types("5001")
        _ = viewer.screen.press(.enter)
        #expect(viewer.screen.agent == "5001")
        viewer.types("@500")
        _ = viewer.screen.press(.down)
        _ = viewer.screen.press(.down)
        _ = viewer.screen.press(.enter)
        #expect(viewer.screen.agent == "500")
    }

    // MARK: - Sizes

    @Test(arguments: [(80, 24), (20, 5), (1, 1), (200, 60), (80, 2), (0, 0)])
    mutating func `nothing stands outside the terminal`(width: Int, height: Int) {
        for number in 0..<20 {
            viewer.hears(
                "C\(number)", "Held", #","participants":["通話通話通話通話"],"capabilities":["Hold","Hangup"]"#)
            viewer.hearsSession("Gap")
        }
        for keys in ["", "@", "@5", ":", ":Dial\r"] {
            var viewer = viewer
            for key in keys { _ = viewer.screen.press(key == "\r" ? .enter : .text(key)) }
            let lines = viewer.screen.lines(width: width, height: height, at: viewer.now)
            #expect(lines.count == height)
            #expect(lines.allSatisfy { $0.columns <= width })
        }
    }

    @Test mutating func `the selected call is always among those shown`() {
        for number in 1...25 { viewer.hears("C\(number)", "State\(number)") }
        for _ in 1...24 { _ = viewer.screen.press(.down) }
        #expect(viewer.text.contains("> 25 State25"))
    }
}
