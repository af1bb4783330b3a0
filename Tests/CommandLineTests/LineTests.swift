import AMQP
import Foundation
import Logging
import NIOConcurrencyHelpers
import Testing

@testable import gws_bridge

/// What people and programs read: replies, events and logs, a line each.
@Suite struct LineTests {
    private let plain = Terminal(descriptor: -1, isColoured: false)

    @Test func `a reply is one line`() throws {
        let line = try #require(
            ReplyLine(
                body: Array(
                    #"""
                    {"commandId":"1","agent":"5001","callId":"00RV","operationName":"Hold","outcome":"accepted",
                    "final":true,"httpStatus":200,"statusCode":0,"attempts":1,"acceptedAfterMs":12,"finishedAfterMs":13}
                    """#.utf8)))
        #expect(line.text(on: plain) == "accepted Hold call 00RV of 5001 (HTTP 200, statusCode 0, 13 ms)")
        #expect(line.verdict == .done)
        #expect(line.isFinal)
    }

    @Test func `a reply says why not`() throws {
        let line = try #require(
            ReplyLine(
                body: Array(
                    #"{"operationName":"Hold","outcome":"rejected","reason":"missing-parameter","detail":"is missing","field":"/callId"}"#
                        .utf8)))
        #expect(line.text(on: plain).hasPrefix("rejected Hold – missing-parameter: /callId: is missing"))
        #expect(line.verdict == .refused)
    }

    @Test(arguments: [
        (
            #""outcome":"confirmed","confirmedBy":{"by":"event","messageId":"5001/e/42","notificationType":"StatusChange"}"#,
            "confirmed Hold (by StatusChange 5001/e/42, 31 ms)"
        ),
        (
            #""outcome":"confirmed","confirmedBy":{"by":"event","messageId":"m"}"#,
            "confirmed Hold (by m, 31 ms)"
        ),
        (
            #""outcome":"confirmed","already":true,"confirmedBy":{"by":"reading"}"#,
            "confirmed Hold (stood so already, by reading, 31 ms)"
        ),
        (
            #""outcome":"unconfirmed","reason":"no-change","detail":"So.","lastSeen":{"state":"Held","recordingState":"Paused"}"#,
            "unconfirmed Hold – no-change: So.; last seen Held, recording Paused (31 ms)"
        ),
        (
            #""outcome":"unconfirmed","reason":"call-ended","lastSeen":{}"#,
            "unconfirmed Hold – call-ended (31 ms)"
        ),
    ])
    func `a reply says what was seen`(members: String, text: String) throws {
        let body = #"{"operationName":"Hold",\#(members),"final":true,"attempts":1,"finishedAfterMs":31}"#
        #expect(try #require(ReplyLine(body: Array(body.utf8))).text(on: plain) == text)
    }

    @Test(arguments: [
        ("accepted", ReplyLine.Verdict.done), ("confirmed", .done), ("refused", .refused),
        ("rejected", .refused),
        ("expired", .refused), ("unconfirmed", .uncertain), ("unreachable", .uncertain),
        ("unknown", .uncertain),
        ("of a later version", .uncertain),
    ])
    func `every outcome has its verdict`(outcome: String, verdict: ReplyLine.Verdict) {
        #expect(ReplyLine.Verdict(outcome: outcome) == verdict)
    }

    @Test func `an event is one line`() throws {
        let line = TailLine(Self.event)
        #expect(
            line.text(on: plain, timeZone: try #require(TimeZone(identifier: "UTC")))
                == "00:00:01.005 event   call.00RV.CallRecordingStateChange Established, recording Paused (agent 5001, no. 7)"
        )
    }

    @Test func `an event as JSON keeps its body`() {
        #expect(
            TailLine(Self.event).json
                == #"{"exchange":"gws.events","routingKey":"call.00RV.CallRecordingStateChange","headers":"#
                + #"{"gws-agent":"5001","gws-call-state":"Established","gws-recording-state":"Paused","#
                + #""gws-received-at":1005,"gws-sequence":7,"gws-message-type":"CallStateChangeMessage"},"#
                + #""properties":{"type":"CallRecordingStateChange"},"body":{"data" :  {"n":1.10}}}"#)
    }

    @Test func `a body that is no JSON is text, or Base64`() {
        var message = Self.event
        message.body = Array("no \"JSON\"".utf8)
        #expect(TailLine(message).json.hasSuffix(#","body":"no \"JSON\""}"#))
        message.body = [0xFF, 0x00]
        #expect(TailLine(message).json.hasSuffix(#","bodyBase64":"/wA="}"#))
    }

    @Test func `headers of every type are JSON`() {
        let table: FieldTable = [
            "a": true, "b": -1, "c": 1.5, "d": "x", "e": ["y", 2], "f": ["z": .void], "g": .bytes([255]),
            "h": .timestamp(9), "i": .double(.infinity), "j": .decimal(scale: 2, value: 150),
        ]
        #expect(
            JSON.table(table)
                == #"{"a":true,"b":-1,"c":1.5,"d":"x","e":["y",2],"f":{"z":null},"g":"/w==","h":9,"i":"inf","j":"150e-2"}"#
        )
    }

    @Test func `a log entry is one line of JSON`() throws {
        let written = NIOLockedValueBox<[UInt8]>([])
        var logger = Logger(label: "test") { label in
            JSONLogHandler(label: label) { bytes in written.withLockedValue { $0 += bytes } }
        }
        logger[metadataKey: "agent"] = "5001"
        logger.warning("Two\nlines", metadata: ["list": ["a", "b"], "nested": ["n": "1"]])
        let line = String(decoding: written.withLockedValue { $0 }, as: UTF8.self)
        #expect(line.hasSuffix("}\n") && line.filter { $0 == "\n" }.count == 1)
        #expect(
            line.contains(
                #""level":"warning","logger":"test","message":"Two\u000alines","agent":"5001","list":["a","b"],"nested":{"n":"1"}"#
            ))
    }

    private static let event = AMQPMessage(
        exchange: "gws.events",
        routingKey: "call.00RV.CallRecordingStateChange",
        properties: Properties(
            headers: [
                "gws-agent": "5001", "gws-call-state": "Established", "gws-recording-state": "Paused",
                "gws-received-at": 1005, "gws-sequence": 7, "gws-message-type": "CallStateChangeMessage",
            ],
            type: "CallRecordingStateChange"),
        body: Array("{\"data\"\n:\r\n{\"n\":1.10}}".utf8))
}
