import Testing

@testable import AMQP

@Suite struct ConfirmsTests {
    private var confirms = Confirms<String>()
    private let now = ContinuousClock.now

    private mutating func write(_ tokens: String..., mandatory: Bool = false) {
        for token in tokens { confirms.written(token, isMandatory: mandatory, at: now) }
    }

    private mutating func settle(_ number: UInt64, multiple: Bool = false, isNack: Bool = false) -> [String] {
        var settled: [String] = []
        confirms.settled(number, multiple: multiple, isNack: isNack) { token, result in
            settled.append("\(token) \(result)")
        }
        return settled
    }

    @Test mutating func `a confirm settles the message of its number`() {
        write("a", "b", "c")
        #expect(settle(2) == ["b confirmed"])
        #expect(confirms.outstanding == 2)
    }

    @Test mutating func `a multiple confirm settles all up to its number that are out`() {
        write("a", "b", "c", "d")
        _ = settle(2)
        #expect(settle(3, multiple: true) == ["a confirmed", "c confirmed"])
        #expect(confirms.outstanding == 1)
    }

    @Test mutating func `a multiple confirm of 0 settles all`() {
        write("a", "b")
        #expect(settle(0, multiple: true) == ["a confirmed", "b confirmed"])
    }

    @Test mutating func `a nack settles as nacked`() {
        write("a", "b")
        #expect(settle(2, multiple: true, isNack: true) == ["a nacked", "b nacked"])
    }

    @Test(arguments: [0, 1, 4, .max] as [UInt64])
    mutating func `a confirm of what is not out is ignored`(number: UInt64) {
        write("a", "b", "c")
        _ = settle(1)
        #expect(settle(number) == [])
        #expect(confirms.outstanding == 2)
    }

    @Test mutating func `a return before the confirm makes it returned`() {
        write("a", "b", mandatory: true)
        let isKnown = confirms.returned(code: 312, text: "NO_ROUTE") { $0 == "b" }
        #expect(isKnown)
        #expect(settle(1) == ["a confirmed"])
        #expect(settle(2) == ["b returned(code: 312, text: \"NO_ROUTE\")"])
    }

    @Test mutating func `returns of messages that look alike go to them in order`() {
        write("a", "a", "a", mandatory: true)
        for _ in 1...2 {
            let isKnown = confirms.returned(code: 312, text: "") { $0 == "a" }
            #expect(isKnown)
        }
        let settled = settle(3, multiple: true)
        #expect(settled.map { $0.contains("returned") } == [true, true, false])
    }

    @Test mutating func `a return is never about a message before the last one returned`() {
        write("a", "b", "a", mandatory: true)
        _ = confirms.returned(code: 312, text: "") { $0 == "b" }
        _ = confirms.returned(code: 312, text: "") { $0 == "a" }
        #expect(settle(1) == ["a confirmed"])
    }

    @Test mutating func `a return of what was not mandatory is not known`() {
        write("a")
        let isKnown = confirms.returned(code: 312, text: "") { _ in true }
        #expect(!isKnown)
    }

    @Test mutating func `numbers go on over many messages`() {
        for number in 1...10_000 as ClosedRange<UInt64> {
            write("\(number)")
            #expect(settle(number) == ["\(number) confirmed"])
        }
        #expect(confirms.outstanding == 0)
        #expect(confirms.oldest == nil)
    }
}
