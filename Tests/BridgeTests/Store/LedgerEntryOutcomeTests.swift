import AMQP
import Bridge
import Testing

/// What a process makes of an outcome that another has told.
struct LedgerEntryOutcomeTests {
    private static let other = Names(prefix: "gws", process: "other")

    private func outcome(_ verdict: Verdict, names: Names = other) -> AMQPMessage {
        var properties = Properties()
        properties.messageID = "c-1"
        let envelope = Envelope(
            properties, arrivedAt: 1_000_000, arrival: .now, lifetime: 60_000, madeUpID: "made up")
        return Reply(to: envelope, verdict, names: names, at: 1_000_100).toOutcomes()
    }

    private func heard(_ message: AMQPMessage) -> LedgerEntry? {
        LedgerEntry(outcome: message, besides: "this", at: 1_000_100)
    }

    @Test func `a final outcome ends the command here, in the same words`() throws {
        let verdict = Verdict(
            CommandOutcome(.refused, reason: "gws", detail: "no", httpStatus: 200, statusCode: 3),
            attempts: 2,
            finishedAfter: 80)
        let entry = try #require(heard(outcome(verdict)))
        #expect(entry.id == "c-1")
        #expect(entry.stage == .told)
        #expect(entry.verdict == verdict)
        #expect(entry.attempts == 2)
        #expect(entry.arrivedAt == 1_000_020)
    }

    @Test func `an interim outcome says that GWS has taken it`() throws {
        let verdict = Verdict(
            CommandOutcome(.accepted, httpStatus: 200, statusCode: 0), isFinal: false, attempts: 1,
            acceptedAfter: 40)
        let entry = try #require(heard(outcome(verdict)))
        #expect(entry.stage == .accepted)
        #expect(entry.verdict == nil)
        #expect(entry.acceptedAt == 1_000_100)
        #expect(entry.arrivedAt == 1_000_060)
    }

    @Test func `its own outcomes, and those of nobody, are nothing to it`() {
        let verdict = Verdict(CommandOutcome(.confirmed))
        #expect(heard(outcome(verdict, names: Names(prefix: "gws", process: "this"))) == nil)
        #expect(heard(outcome(verdict, names: Names(prefix: "gws"))) == nil)
    }

    @Test func `what is no outcome is nothing to it`() {
        var message = outcome(Verdict(CommandOutcome(.confirmed)))
        message.body = Array("rubbish".utf8)
        #expect(heard(message) == nil)
    }
}
