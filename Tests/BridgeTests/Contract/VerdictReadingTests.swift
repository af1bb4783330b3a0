import Testing

@testable import Bridge

struct VerdictReadingTests {
    @Test(arguments: CommandOutcome.Kind.allCases)
    func `a verdict with all that there can be is read as it was written`(kind: CommandOutcome.Kind) {
        for means in [
            CommandOutcome.Confirmation.Means.event(messageID: "5001/x/1", notificationType: "StatusChange"),
            .event(messageID: "\"\\\u{0}é", notificationType: nil), .reading,
        ] {
            for isFinal in [true, false] {
                let outcome = CommandOutcome(
                    kind, reason: "reason", detail: "A sentence.\n\u{0}\"é\"", field: "/a/b", httpStatus: 500,
                    statusCode: -7, statusMessage: "message", confirmation: .init(means, already: isFinal),
                    lastSeen: .init(state: "Ringing", recordingState: "Paused", capabilities: ["a", "\""]))
                expectRead(
                    Verdict(
                        outcome, isFinal: isFinal, attempts: 3, acceptedAfter: .max, finishedAfter: .max,
                        firstFailedAt: .min, deviceID: "device"))
            }
        }
    }

    @Test(arguments: CommandOutcome.Kind.allCases)
    func `a verdict with nothing but its outcome is read as it was written`(kind: CommandOutcome.Kind) {
        expectRead(Verdict(CommandOutcome(kind)))
        expectRead(Verdict(CommandOutcome(kind), isFinal: false))
        expectRead(Verdict(CommandOutcome(kind, lastSeen: .init(state: nil))))
        expectRead(Verdict(CommandOutcome(kind, lastSeen: .init(state: nil, capabilities: []))))
    }

    @Test(arguments: ["", "{", "[]", "{}", #"{"outcome":"no such","final":true,"attempts":1}"#])
    func `what is no verdict is none`(text: String) {
        #expect(Verdict(json: Array(text.utf8)) == nil)
    }

    private func expectRead(_ verdict: Verdict, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(Verdict(json: verdict.json) == verdict, sourceLocation: sourceLocation)
    }
}
