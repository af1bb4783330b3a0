import AMQP
import Bridge
import Testing

/// Which of a command's outcomes its requester is told of.
struct RepliesTests {
    private static let accepted = Verdict(CommandOutcome(.accepted), isFinal: false)
    private static let confirmed = Verdict(CommandOutcome(.confirmed))
    private static let acceptedAtLast = Verdict(CommandOutcome(.accepted))
    private static let refused = Verdict(CommandOutcome(.refused, reason: "gws"))

    /// What the requester hears of a command that comes to these one after another.
    private func heard(_ reply: String?, _ verdicts: [Verdict]) -> [Verdict] {
        let header = reply.map { ["gws-reply": .string($0)] as FieldTable } ?? [:]
        let envelope = Envelope.sample(Properties(headers: header))
        return verdicts.enumerated().filter { index, verdict in
            envelope.wants(verdict, afterAccepted: index > 0)
        }.map(\.element)
    }

    @Test(arguments: [nil, "final"])
    func `who asks for the final outcome hears that only`(reply: String?) {
        #expect(heard(reply, [Self.accepted, Self.confirmed]) == [Self.confirmed])
        #expect(heard(reply, [Self.acceptedAtLast]) == [Self.acceptedAtLast])
        #expect(heard(reply, [Self.refused]) == [Self.refused])
    }

    @Test func `who asks for the acceptance hears one reply, whichever comes first`() {
        #expect(heard("accepted", [Self.accepted, Self.confirmed]) == [Self.accepted])
        #expect(heard("accepted", [Self.refused]) == [Self.refused])
        #expect(heard("accepted", [Self.acceptedAtLast]) == [Self.acceptedAtLast])
    }

    @Test func `who asks for both hears both, and neither twice`() {
        #expect(heard("both", [Self.accepted, Self.confirmed]) == [Self.accepted, Self.confirmed])
        #expect(
            heard("both", [Self.accepted, Self.accepted, Self.refused]) == [Self.accepted, Self.refused])
        #expect(heard("both", [Self.refused]) == [Self.refused])
    }
}
