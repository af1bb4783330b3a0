import TestSupport
import Testing

@testable import Bridge

/// What the spool drops, and what it says of that.
struct SpoolBoundTests {
    private let bench = StoreBench()
    private let now: Int64 = 1_000_000

    /// Room for so many samples.
    private func room(for count: Int, age: Int64 = 1_000_000) -> SpoolBounds {
        let size = count * SpooledEvent.sample(1).bytes
        return SpoolBounds(size: size, memory: size, age: age)
    }

    @Test func `of too many the oldest go, and are a loss`() async throws {
        try await bench.withSpool(room(for: 10)) { spool in
            try await spool.append(.samples(1...14, at: now))
            #expect(spool.status.count == 10)
            #expect(spool.status.dropped == 4)
            let events = try await spool.take(10)
            #expect(events.sequences == Array(5...14))
            #expect(spool.loss(of: "5001") == SpoolLoss(epoch: "e1", lastSequence: 0, from: now, count: 4))
        }
    }

    @Test func `the memory holds no more than it may, and says what is lost`() async throws {
        try await bench.withSpool(isFile: false, room(for: 32)) { spool in
            for sequence in Int64(1)...100 { try await spool.append([.sample(sequence, at: now)]) }
            let (count, dropped) = (spool.status.count, spool.status.dropped)
            #expect(count <= 32 && count + dropped == 100)
            #expect(try await spool.take(count).sequences == Array(Int64(dropped) + 1...100))
            let loss = SpoolLoss(epoch: "e1", lastSequence: 0, from: now, count: dropped)
            #expect(spool.loss(of: "5001") == loss)
        }
    }

    @Test(arguments: SpoolTests.keepings) func `what is too old goes`(isFile: Bool) async throws {
        try await bench.withSpool(isFile: isFile, room(for: 1000, age: 1000)) { spool in
            try await spool.append(.samples(1...3, at: now))
            bench.pass(milliseconds: 1001)
            try await spool.append([.sample(4, at: now + 1001)])
            try await eventually(within: .seconds(10), "the old are gone") { spool.status.count == 1 }
            #expect(try await spool.take(1).sequences == [4])
            #expect(spool.loss(of: "5001") == SpoolLoss(epoch: "e1", lastSequence: 0, from: now, count: 3))
        }
    }

    @Test func `each agent has its own loss, and what is lost later adds up`() async throws {
        try await bench.withSpool(room(for: 4)) { spool in
            try await spool.append([.sample(6, of: "a", at: 1), .sample(1, of: "b", at: 2)])
            try await spool.append(.samples(1...4, of: "c", at: now))
            try await spool.append(.samples(5...6, of: "c", at: now))
            _ = try await spool.take(4)
            #expect(spool.loss(of: "a") == SpoolLoss(epoch: "e1", lastSequence: 5, from: 1, count: 1))
            #expect(spool.loss(of: "b") == SpoolLoss(epoch: "e1", lastSequence: 0, from: 2, count: 1))
            #expect(spool.loss(of: "c") == SpoolLoss(epoch: "e1", lastSequence: 0, from: now, count: 2))
            #expect(spool.loss(of: "d") == nil)
        }
    }

    @Test func `a loss is told only when less than half is waiting`() async throws {
        try await bench.withSpool(room(for: 10)) { spool in
            try await spool.append(.samples(1...11, at: now))
            _ = try await spool.take(4)
            #expect(spool.loss(of: "5001") == nil)
            _ = try await spool.take(1)
            #expect(spool.loss(of: "5001")?.count == 1)
        }
    }

    @Test func `what is being published is not dropped`() async throws {
        try await bench.withSpool(room(for: 10)) { spool in
            try await spool.append(.samples(1...10, at: now))
            let portion = try await spool.next(atMost: 3)
            try await spool.append(.samples(11...14, at: now))
            #expect(try await spool.next(atMost: 3).events == portion.events)
            try await spool.remove(portion)
            #expect(try await spool.take(7).sequences == Array(8...14))
            #expect(spool.loss(of: "5001") == SpoolLoss(epoch: "e1", lastSequence: 3, from: now, count: 4))
        }
    }

    @Test func `a loss outlives the process until it is told`() async throws {
        let loss = SpoolLoss(epoch: "e1", lastSequence: 0, from: now, count: 2)
        try await bench.withSpool(room(for: 4)) { spool in
            try await spool.append(.samples(1...6, at: now))
            #expect(try await spool.record(of: "5001")?.loss == loss)
        }
        try await bench.withSpool(room(for: 4)) { spool in
            #expect(try await spool.record(of: "5001")?.loss == loss)
            _ = try await spool.take(4)
            #expect(spool.loss(of: "5001") == loss)
            spool.lossTold(of: "5001")
            #expect(spool.loss(of: "5001") == nil)
            try await spool.append([.sample(7)])
        }
        try await bench.withSpool(room(for: 4)) { spool in
            let found = try await spool.record(of: "5001")
            #expect(found?.loss == nil)
        }
    }

    @Test func `what was lost after a loss was asked for is still to be told`() {
        var losses = SpoolLosses()
        losses.add(SpoolLoss(epoch: "e1", lastSequence: 0, from: 1, count: 2), of: "a")
        let shown = losses.show("a")
        losses.add(SpoolLoss(epoch: "e1", lastSequence: 5, from: 2, count: 3), of: "a")
        losses.told("a")
        #expect(shown?.count == 2)
        #expect(losses["a"] == SpoolLoss(epoch: "e1", lastSequence: 5, from: 2, count: 3))
    }

    @Test func `a spool that is bounded tighter at its next start drops what is too much`() async throws {
        try await bench.withSpool(room(for: 10)) { try await $0.append(.samples(1...10, at: now)) }
        try await bench.withSpool(room(for: 4)) { spool in
            try await eventually(within: .seconds(10), "it is within its bounds") { spool.status.count == 4 }
            #expect(try await spool.take(4).sequences == Array(7...10))
        }
    }
}
