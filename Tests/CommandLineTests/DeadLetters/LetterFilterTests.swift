import AMQP
import Bridge
import Testing

@testable import gws_bridge

struct LetterFilterTests {
    private let letter = Letter(.deadLetter("c1"))

    @Test(arguments: [
        LetterFilter(), .init(ids: ["c0", "c1"]), .init(reason: "unavailable"), .init(operation: "Hold"),
        .init(call: "00RV"), .init(agent: "5001"), .init(failedBefore: 1_006),
        .init(reason: "unavailable", call: "00RV", failedBefore: 1_006),
    ])
    func `a letter that agrees with all of it is meant`(filter: LetterFilter) {
        #expect(filter.includes(letter))
    }

    @Test(arguments: [
        LetterFilter(ids: []), .init(ids: ["c"]), .init(reason: "cut"), .init(operation: "hold"),
        .init(call: "00"),
        .init(agent: "5002"), .init(failedBefore: 1_005), .init(reason: "unavailable", agent: "5002"),
    ])
    func `a letter that disagrees with any of it is not`(filter: LetterFilter) {
        #expect(!filter.includes(letter))
    }

    @Test func `what does not say when it failed is not older than anything`() {
        let letter = Letter(.init(exchange: "gws.dead-letters", routingKey: "x", body: []))
        #expect(!LetterFilter(failedBefore: .max).includes(letter))
    }
}
