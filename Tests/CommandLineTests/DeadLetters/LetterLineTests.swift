import AMQP
import Bridge
import Testing

@testable import gws_bridge

struct LetterLineTests {
    private let plain = Terminal(descriptor: -1, isColoured: false)

    @Test func `a letter is one line of JSON`() {
        #expect(
            Letter(.deadLetter("c1")).json
                == #"{"id":"c1","outcome":"unreachable","reason":"unavailable","detail":"HTTP 503","agent":"5001","#
                + #""callId":"00RV","operationName":"Hold","attempts":3,"failedAt":"1970-01-01T00:00:01.005Z","#
                + #""replayCount":0}"#)
    }

    @Test func `what is not known is null`() {
        let letter = Letter(AMQPMessage(exchange: "gws.dead-letters", routingKey: "x", body: []))
        #expect(
            letter.json.hasSuffix(
                #""outcome":"unknown","reason":null,"detail":null,"agent":null,"callId":null,"operationName":null,"#
                    + #""attempts":null,"failedAt":null,"replayCount":0}"#))
    }

    @Test(arguments: [.max, .min] as [Int64])
    func `a time that nobody can have lived does no harm`(time: Int64) {
        let letter = Letter(.deadLetter("c1", failedAt: time))
        #expect(!letter.json.isEmpty)
    }

    @Test func `the table is as wide as what stands in it`() {
        let letters = [
            Letter(.deadLetter("c1", replays: 2)),
            Letter(.deadLetter("a-longer-id", call: nil, operation: "Ready", detail: nil)),
        ]
        #expect(
            LetterTable(letters: letters).lines(on: plain, width: nil) == [
                "ID           FAILED                    OUTCOME                  OPERATION  CALL  AGENT  REPLAYS  DETAIL",
                "c1           1970-01-01T00:00:01.005Z  unreachable unavailable  Hold       00RV  5001   2        HTTP 503",
                "a-longer-id  1970-01-01T00:00:01.005Z  unreachable unavailable  Ready      –     5001   –        –",
            ])
    }

    @Test func `a terminal gets no longer lines than it has columns`() {
        let letters = [Letter(.deadLetter("c1", detail: String(repeating: "long ", count: 100)))]
        let lines = LetterTable(letters: letters).lines(on: plain, width: 60)
        #expect(lines.allSatisfy { $0.columns <= 60 })
        #expect(lines[1].hasPrefix("c1  1970"))
    }

    @Test func `what others wrote does not drive the terminal`() {
        let hostile = "\u{1B}[2J\nx\u{202E}"
        let letter = Letter(
            .deadLetter(hostile, call: hostile, agent: hostile, reason: hostile, detail: hostile))
        var report = LetterReport(.drop, isDry: false, isJSON: false)
        let lines =
            LetterTable(letters: [letter]).lines(on: plain, width: nil)
            + LetterPage(letter: letter, message: .deadLetter(hostile, call: hostile, detail: hostile))
            .lines(on: plain)
            + [
                report.line(letter, .left(reason: hostile)), report.line(letter, .done(messageID: hostile)),
                report.absentLine(hostile),
            ]
        for line in lines {
            #expect(!line.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\n" || $0 == "\u{202E}" })
        }
    }

    @Test func `a page shows everything, the body member by member`() {
        let message = AMQPMessage.deadLetter(
            "c1", body: Array(#"{"callId":"00RV","n":[1.10,{}],"o":{}}"#.utf8))
        let lines = LetterPage(letter: Letter(message), message: message).lines(on: plain)
        #expect(lines[0] == "c1  Hold call 00RV of 5001")
        #expect(lines[1] == "unreachable unavailable – HTTP 503")
        #expect(lines.contains("from exchange \"gws.commands\" with key \"command.5001.Hold\""))
        #expect(lines.contains(#"    "gws-attempts": 3,"#))
        #expect(lines.contains(#"    "messageId": "c1","#))
        #expect(
            Array(lines.suffix(8)) == [
                "  {", #"    "callId": "00RV","#, #"    "n": ["#, "      1.10,", "      {}", "    ],",
                #"    "o": {}"#, "  }",
            ])
    }

    @Test(
        arguments: [
            ([], ["  (empty)"]), ([0xFF, 0], ["  2 bytes that are no text"]),
            (Array("a\nb".utf8), ["  a", "  b"]),
        ] as [([UInt8], [String])])
    func `a body that is no JSON is shown as it can be`(body: [UInt8], expected: [String]) {
        let message = AMQPMessage.deadLetter("c1", body: body)
        let lines = LetterPage(letter: Letter(message), message: message).lines(on: plain)
        #expect(Array(lines[lines.lastIndex(of: "body")!...].dropFirst()) == expected)
    }
}
