import Testing

@testable import GWSSimulator

@Suite struct RingTests {
    private struct Entry: Numbered {
        let sequence: Int
        var size = 1
    }

    @Test func `it keeps the last so many`() {
        var ring = Ring<Entry>(limit: 3)
        for number in 1...10 { ring.append(Entry(sequence: number)) }
        #expect(ring.after(0).map(\.sequence) == [8, 9, 10])
        #expect(ring.after(8).map(\.sequence) == [9, 10])
        #expect(ring[9]?.sequence == 9)
        #expect(ring[7]?.sequence == nil)
    }

    @Test func `it keeps no more bytes than it may, but always the newest`() {
        var ring = Ring<Entry>(limit: 100, byteLimit: 10)
        for number in 1...10 { ring.append(Entry(sequence: number, size: 4)) }
        #expect(ring.after(0).map(\.sequence) == [9, 10])
        ring.append(Entry(sequence: 11, size: 50))
        #expect(ring.after(0).map(\.sequence) == [11])
        ring.append(Entry(sequence: 12, size: 4))
        #expect(ring.after(0).map(\.sequence) == [12])
    }

    @Test func `numbers may be missing`() {
        var ring = Ring<Entry>(limit: 10)
        for number in [2, 5, 9] { ring.append(Entry(sequence: number)) }
        #expect(ring.after(3).map(\.sequence) == [5, 9])
        #expect(ring.after(.max).isEmpty)
        #expect(ring[4]?.sequence == nil)
    }
}
