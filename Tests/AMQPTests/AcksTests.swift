import Testing

@testable import AMQP

@Suite struct AcksTests {
    private var acks = Acks()

    private mutating func deliver(_ tags: ClosedRange<UInt64>) {
        for tag in tags { acks.delivered(tag) }
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

    @Test mutating func `deliveries that need no settling leave gaps`() {
        acks.delivered(5)
        acks.delivered(9)
        acknowledge(7, 9, 5)
        #expect(acks.flush() == [.ack(tag: 9, multiple: true)])
        #expect(acks.outstanding == 0)
    }
}
