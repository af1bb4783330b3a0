import Foundation
import GRDB
import GWS
import NIOConcurrencyHelpers
import RawJSON
import TestSupport
import Testing

@testable import Bridge

/// Notifications that wait for a gap to be made up for: as such, or as the events that they became, they are there once.
@Suite(.timeLimit(.minutes(1)))
struct SpoolWithheldTests {
    private let bench = StoreBench()

    private func withheld(_ ordinals: ClosedRange<Int64>, epoch: String = "e1") -> [WithheldNotification] {
        ordinals.map { .sample($0, epoch: epoch) }
    }

    private func event(_ sequence: Int64, releasing ordinal: Int64?, size: Int = 10) -> SpooledEvent {
        let sample = SpooledEvent.sample(sequence, size: size)
        return SpooledEvent(
            agent: sample.agent, place: sample.place, at: sample.at, message: sample.message,
            releases: ordinal.map { .init(epoch: "e1", ordinal: $0) })
    }

    /// What the next process finds.
    private func found(_ agent: String = "5001") async throws -> AgentRecord? {
        try await bench.withSpool { try await $0.record(of: agent) }
    }

    @Test func `what is withheld is there in the next process, byte for byte and in order`() async throws {
        let first = withheld(1...12)
        try await bench.withSpool { spool in
            spool.remember(AgentChange(agent: "5001", epoch: "e1", sequence: 7))
            try await spool.withhold(first, of: "5001")
            try await spool.withhold(withheld(13...14), of: "5001")
            try await spool.withhold(withheld(1...1), of: "5002")
        }
        let record = try await found()
        #expect(record?.withheld == first + withheld(13...14))
        #expect(record?.withheld.first?.notification.body == first.first?.notification.body)
        #expect(record?.sequence == 7)
        let other = try await found("5002")
        #expect(other == nil, "nothing was ever published")
    }

    @Test func `it is durable when that is said, with what was known before`() async throws {
        let copy = StoreBench()
        try await bench.withSpool { spool in
            spool.remember(AgentChange(agent: "5001", epoch: "e1", sequence: 2))
            try await spool.withhold(withheld(1...3), of: "5001")
            // As the process's sudden end would leave them.
            try copy.copy(of: bench)
        }
        let record = try await copy.withSpool { try await $0.record(of: "5001") }
        #expect(record?.withheld == withheld(1...3))
        #expect(record?.sequence == 2)
    }

    @Test func `it is gone with the events that it became`() async throws {
        try await bench.withSpool { spool in
            spool.remember(AgentChange(agent: "5001", epoch: "e1", sequence: 2))
            try await spool.withhold(withheld(1...3), of: "5001")
        }
        try await bench.withSpool { spool in
            try await spool.append([
                event(3, releasing: nil), event(4, releasing: 1), event(5, releasing: 2),
            ])
        }
        let record = try await found()
        #expect(record?.withheld == withheld(3...3))
        #expect(record?.sequence == 5)
        let events = try await bench.withSpool { try await $0.take(3) }
        #expect(events.sequences == [3, 4, 5])
    }

    @Test func `what is withheld after others were let go stays`() async throws {
        try await bench.withSpool { spool in
            try await spool.withhold(withheld(1...3), of: "5001")
            async let appended: Void = spool.append([event(1, releasing: 3)])
            async let kept: Void = spool.withhold(withheld(4...4), of: "5001")
            _ = try await (appended, kept)
        }
        let record = try await found()
        #expect(record?.withheld == withheld(4...4))
    }

    @Test func `what belongs to an earlier epoch than the record is not found any more`() async throws {
        try await bench.withSpool { spool in
            spool.remember(AgentChange(agent: "5001", epoch: "e1", sequence: 2))
            try await spool.withhold(withheld(1...3), of: "5001")
            // As one does who could not read the record.
            try await spool.append([.sample(1, epoch: "e2")])
            try await spool.withhold(withheld(1...1, epoch: "e2"), of: "5001")
        }
        let record = try await found()
        #expect(record?.withheld == withheld(1...1, epoch: "e2"))
    }

    @Test func `an agent's record is the one that memory has where the file is behind`() async throws {
        let opened = NIOLockedValueBox<SpoolDatabase?>(nil)
        let spool = bench.spool(opened: { database in opened.withLockedValue { $0 = database } })
        try await bench.withRunning(spool) { spool in
            spool.remember(AgentChange(agent: "5001", epoch: "e1", sequence: 2))
            try await spool.withhold(withheld(1...3), of: "5001")
            let database = try #require(opened.withLockedValue { $0 })
            try database.limit(pages: 1)
            try await spool.append([.sample(1, of: "5002", size: 100_000)])
            try await spool.append([event(3, releasing: 1), event(4, releasing: 2)])
            spool.remember(AgentChange(agent: "5001", epoch: "e1", sequence: 4))
            #expect(spool.trouble != nil)
            let record = try await spool.record(of: "5001")
            #expect(record?.withheld == withheld(3...3))
            #expect(record?.sequence == 4)
            try database.limit(pages: 1_000_000)
        }
    }

    /// Who reads them in the file gives them these numbers.
    @Test func `while some may be in the file no event of the agent is given out that the file has not`()
        async throws
    {
        let opened = NIOLockedValueBox<SpoolDatabase?>(nil)
        let spool = bench.spool(opened: { database in opened.withLockedValue { $0 = database } })
        try await bench.withRunning(spool) { spool in
            spool.remember(AgentChange(agent: "5001", epoch: "e1", sequence: 2))
            try await spool.withhold(withheld(1...1), of: "5001")
            let database = try #require(opened.withLockedValue { $0 })
            try database.limit(pages: 1)
            let other = SpooledEvent.sample(1, of: "5002", size: 100_000)
            try await spool.append([
                other, event(3, releasing: nil, size: 100_000), event(4, releasing: 1),
            ])
            #expect(spool.trouble != nil)
            let first = try await spool.take(1)
            #expect(first == [other])
            await #expect(throws: NeverHappened.self) {
                try await within(.milliseconds(500), "none is given out") {
                    _ = try await spool.next(atMost: 9)
                }
            }
            try database.limit(pages: 1_000_000)
            let others = try await within(.seconds(20), "they are") { try await spool.take(2) }
            #expect(others.sequences == [3, 4])
        }
        let record = try await found()
        #expect(record?.withheld == [])
        #expect(record?.sequence == 4)
    }

    @Test func `without a file nobody waits for one`() async throws {
        try await bench.withSpool(isFile: false) { spool in
            try await spool.withhold(withheld(1...3), of: "5001")
            try await spool.append([event(1, releasing: 3)])
            let events = try await spool.take(1)
            #expect(events.sequences == [1])
        }
    }

    @Test func `while the disk is full nobody waits, and it is written when there is room`() async throws {
        let opened = NIOLockedValueBox<SpoolDatabase?>(nil)
        let spool = bench.spool(opened: { database in opened.withLockedValue { $0 = database } })
        try await bench.withRunning(spool) { spool in
            try await spool.append([.sample(1)])
            let database = try #require(opened.withLockedValue { $0 })
            try database.limit(pages: 12)
            for sequence in Int64(2)...100 { try await spool.append([.sample(sequence, size: 1000)]) }
            #expect(spool.trouble != nil)
            try await spool.withhold(withheld(1...3), of: "5001")
            try await spool.append([event(101, releasing: 1)])
            try database.limit(pages: 1_000_000)
            try await eventually(within: .seconds(20), "it is well") { spool.trouble == nil }
        }
        let record = try await found()
        #expect(record?.withheld == withheld(2...3))
    }

    @Test func `what nobody asked for in all the time that events are kept is gone`() async throws {
        let bounds = SpoolBounds(size: 1 << 20, memory: 1 << 20, age: 60_000)
        try await bench.withSpool(bounds) { spool in
            spool.remember(AgentChange(agent: "5001", epoch: "e1", sequence: 2))
            try await spool.withhold(withheld(1...3), of: "5001")
        }
        bench.pass(milliseconds: 60_003)
        let record = try await bench.withSpool(bounds) { try await $0.record(of: "5001") }
        #expect(record?.withheld == withheld(3...3))
    }

    // MARK: - The decisions alone

    @Test func `what was let go while it could not be written does not come back`() {
        var content = SpoolWithheld()
        content.add(withheld(1...3), of: "5001")
        content.wait(7)
        let portion = content.take()
        content.release(through: .init(epoch: "e1", ordinal: 2), of: "5001")
        content.add(withheld(4...4), of: "5001")
        content.putBack(portion)
        let next = content.take()
        #expect(next.rows == ["5001": withheld(3...4)])
        #expect(next.releases == ["5001": .init(epoch: "e1", ordinal: 2)])
        #expect(content.isEmpty)
        #expect(content.wrote(next) == [7])
    }

    @Test func `who waits for the transaction that runs need not wait`() {
        var content = SpoolWithheld()
        content.add(withheld(1...3), of: "5001")
        content.wait(7)
        let portion = content.take()
        content.add(withheld(4...4), of: "5001")
        content.wait(8)
        #expect(content.takeWaiters() == [7, 8])
        #expect(content.wrote(portion) == [])
    }

    @Test
    func `some may be in the file from the transaction on that writes them to the one that removes them`() {
        var content = SpoolWithheld()
        content.add(withheld(1...3), of: "5001")
        #expect(!content.mayBeInFile("5001"))
        let portion = content.take()
        #expect(content.mayBeInFile("5001"))
        #expect(content.wrote(portion) == [])
        content.release(through: .init(epoch: "e1", ordinal: 3), of: "5001")
        #expect(content.mayBeInFile("5001"))
        let release = content.take()
        content.putBack(release)
        #expect(content.mayBeInFile("5001"))
        #expect(content.wrote(content.take()) == [])
        #expect(!content.mayBeInFile("5001"))
    }
}

extension WithheldNotification {
    static func sample(_ ordinal: Int64, epoch: String = "e1") -> WithheldNotification {
        let text = #"{"data": {"call":{"id":"A","n":\#(ordinal).00}},"channel":"/v2/me/calls"}"#
        return WithheldNotification(
            .init(epoch: epoch, ordinal: ordinal),
            GWS.Notification(
                // It is JSON.
                try! RawJSON(Array(text.utf8)), channel: "/v2/me/calls", receivedAt: 1_000_000 + ordinal))
    }
}

extension SpoolDatabase {
    func limit(pages: Int) throws {
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
    }
}

extension StoreBench {
    /// The files as they are just now.
    func copy(of other: StoreBench) throws {
        _ = try prepared()
        try FileManager.default.copyItem(atPath: other.directory, toPath: directory)
    }
}
