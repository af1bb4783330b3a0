import Bridge
import Testing

struct RememberedOutcomesTests {
    private let accepted = Verdict(CommandOutcome(.accepted))

    @Test func `an outcome is known by the command's id`() {
        var outcomes = RememberedOutcomes()
        outcomes.record(accepted, for: "a", at: 0)
        #expect(outcomes["a"] == accepted)
        #expect(outcomes["b"] == nil)
    }

    @Test func `the oldest go where there are too many`() {
        var outcomes = RememberedOutcomes(capacity: 2)
        for id in ["a", "b", "c"] { outcomes.record(accepted, for: id, at: 0) }
        #expect(["a", "b", "c"].map { outcomes[$0] != nil } == [false, true, true])
    }

    @Test func `what is too old goes`() {
        var outcomes = RememberedOutcomes(age: 100)
        outcomes.record(accepted, for: "a", at: 0)
        outcomes.record(accepted, for: "b", at: 101)
        #expect(outcomes["a"] == nil)
        #expect(outcomes["b"] != nil)
    }
}
