import Testing

@testable import AMQP

@Suite struct AcksTests {
    private var acks = Acks()

    private mutating func deliver(_ tags: ClosedRange<UInt64>) {
        for tag in tags { _ = acks.delivered(tag) }
    }

    private mutating func acknowledge(_ tags: UInt64...) {
        for tag in tags { acks.settle(tag, .acknowledge) }
    }

    @Test mutating func `acknowledged ones at the front become one multiple`() {
        deliver(1...5)
        acknowledge(3, 1, 2)
        #expect(acks.flush() == [.ack(tag: 3, multiple: true)])
        #expect(acks.outstanding == 2)
    }

    @Test mutating func `one alone is acknowledged by itself`() {
        deliver(1...3)
        acknowledge(1)
        #expect(acks.flush() == [.ack(tag: 1, multiple: false)])
    }

    @Test mutating func `none that is still out is covered by a multiple`() {
        deliver(1...4)
        acknowledge(2, 4, 3)
        #expect(
            acks.flush() == [
                .ack(tag: 2, multiple: false), .ack(tag: 4, multiple: false), .ack(tag: 3, multiple: false),
            ])
        acknowledge(1)
        #expect(acks.flush() == [.ack(tag: 1, multiple: false)])
        #expect(acks.outstanding == 0)
    }

    @Test mutating func `a multiple does not cover what is rejected`() {
        deliver(1...4)
        acks.settle(2, .reject(requeue: true))
        acknowledge(1, 3, 4)
        #expect(
            acks.flush() == [
                .ack(tag: 1, multiple: false), .reject(tag: 2, requeue: true), .ack(tag: 3, multiple: false),
                .ack(tag: 4, multiple: false),
            ])
    }

    @Test mutating func `settling twice tells the broker once`() {
        deliver(1...2)
        acknowledge(2, 2)
        acks.settle(2, .reject(requeue: false))
        #expect(acks.flush() == [.ack(tag: 2, multiple: false)])
        acknowledge(2)
        #expect(acks.flush() == [])
    }

    @Test mutating func `a tag that was never delivered is ignored`() {
        deliver(1...2)
        acknowledge(0, 3, .max)
        #expect(acks.flush() == [])
    }

    @Test(arguments: [0, 2, 3, 1 << 30, .max] as [UInt64])
    mutating func `a tag that does not rise, or rises too far, is refused`(tag: UInt64) {
        deliver(1...3)
        let isPlausible = acks.delivered(tag)
        #expect(!isPlausible)
        #expect(acks.outstanding == 3)
    }

    @Test mutating func `the highest tag is refused even when none is out`() {
        let isPlausible = acks.delivered(.max)
        #expect(!isPlausible)
    }

    @Test mutating func `deliveries that need no settling leave gaps`() {
        deliver(5...5)
        deliver(9...9)
        acknowledge(7, 9, 5)
        #expect(acks.flush() == [.ack(tag: 9, multiple: true)])
        #expect(acks.outstanding == 0)
    }
}
