import Bridge
import Testing

struct LedgerTests {
    private let accepted = Verdict(CommandOutcome(.accepted))

    @Test func `an outcome is known by the command's id`() {
        var ledger = Ledger()
        ledger.record(accepted, for: "a", at: 0)
        #expect(ledger["a"] == accepted)
        #expect(ledger["b"] == nil)
    }

    @Test func `the oldest go where there are too many`() {
        var ledger = Ledger(capacity: 2)
        for id in ["a", "b", "c"] { ledger.record(accepted, for: id, at: 0) }
        #expect(["a", "b", "c"].map { ledger[$0] != nil } == [false, true, true])
    }

    @Test func `what is too old goes`() {
        var ledger = Ledger(age: 100)
        ledger.record(accepted, for: "a", at: 0)
        ledger.record(accepted, for: "b", at: 101)
        #expect(ledger["a"] == nil)
        #expect(ledger["b"] != nil)
    }
}
