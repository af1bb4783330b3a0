import Bridge
import Testing

@testable import gws_bridge

struct LetterReportTests {
    private let letter = Letter(.deadLetter("c1"))

    private func report(
        _ results: [LetterReport.Result], absent: [String] = [], isDry: Bool = false, isJSON: Bool = false
    ) -> (LetterReport, lines: [String]) {
        var report = LetterReport(.replay, isDry: isDry, isJSON: isJSON)
        let lines = absent.map { report.absentLine($0) } + results.map { report.line(letter, $0) }
        return (report, lines)
    }

    @Test func `each letter has its line, and the end a count`() {
        let (report, lines) = report(
            [.done(messageID: "c1/replay-1"), .left(reason: "r"), .untaken(reason: "u")], absent: ["x"])
        #expect(
            lines == [
                "not there: x", "replayed c1 as c1/replay-1: Hold call 00RV of 5001",
                "left c1: Hold call 00RV of 5001 – r", "left c1: Hold call 00RV of 5001 – u",
            ])
        #expect(report.summary == "replayed 1, left 2, not there 1")
    }

    @Test func `a dry run says what would be`() {
        let (report, lines) = report([.done(messageID: "c1/replay-1"), .left(reason: "r")], isDry: true)
        #expect(lines[0] == "would replay c1 as c1/replay-1: Hold call 00RV of 5001")
        #expect(lines[1].hasPrefix("would leave c1"))
        #expect(report.summary == "would replay 1, would leave 1")
    }

    @Test func `for programs each is an object`() {
        let (_, lines) = report([.done(messageID: "n"), .left(reason: "r")], absent: ["x"], isJSON: true)
        #expect(
            lines == [
                #"{"id":"x","done":false,"messageId":null,"detail":"is not there"}"#,
                #"{"id":"c1","done":true,"messageId":"n","detail":null}"#,
                #"{"id":"c1","done":false,"messageId":null,"detail":"r"}"#,
            ])
    }

    @Test(
        arguments: [
            ([], [], nil), ([.done(messageID: nil)], [], nil), ([.left(reason: "r")], [], .refused),
            ([], ["x"], .refused), ([.untaken(reason: "u"), .left(reason: "r")], [], .unavailable),
        ] as [([LetterReport.Result], [String], CommandFailure.Code?)])
    func `the exit code says whether all was done`(
        results: [LetterReport.Result], absent: [String], code: CommandFailure.Code?
    ) {
        #expect(report(results, absent: absent).0.failure == code)
    }
}
