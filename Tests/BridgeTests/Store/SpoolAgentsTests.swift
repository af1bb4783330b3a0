import RawJSON
import TestSupport
import Testing

@testable import Bridge

/// What the spool knows of agents.
struct SpoolAgentsTests {
    private let bench = StoreBench()

    private let change = AgentChange(
        agent: "5001", epoch: "e1", sequence: 7, unbrokenUntil: 5,
        calls: ["A": .sample("{}"), "B": .sample("1")],
        devices: ["D": .sample("[2]")])

    private let record = AgentRecord(
        epoch: "e1", sequence: 7, unbrokenUntil: 5, calls: ["A": .sample("{}"), "B": .sample("1")],
        devices: ["D": .sample("[2]")])

    @Test(arguments: SpoolTests.keepings) func `of an agent that was never heard of nothing is known`(
        isFile: Bool
    ) async throws {
        try await bench.withSpool(isFile: isFile) { spool in
            let found = try await spool.record(of: "5001")
            #expect(found == nil)
        }
    }

    @Test func `what is remembered is known to the next process`() async throws {
        try await bench.withSpool { $0.remember(change) }
        try await bench.withSpool { spool in
            let found = try await spool.record(of: "5001")
            #expect(found == record)
        }
    }

    @Test func `what is remembered is written soon, without an event`() async throws {
        try await bench.withSpool { spool in
            spool.remember(change)
            try await eventually(within: .seconds(10), "it is written") {
                try await spool.record(of: "5001") == record
            }
        }
    }

    @Test(arguments: SpoolTests.keepings)
    func `of several changes the last ones hold, and what is over is gone`(
        isFile: Bool
    ) async throws {
        try await bench.withSpool(isFile: isFile) { spool in
            spool.remember(change)
            spool.remember(AgentChange(agent: "5001", epoch: "e1", sequence: 8, calls: ["A": nil]))
            spool.remember(
                AgentChange(
                    agent: "5001", epoch: "e1", sequence: 9, unbrokenUntil: 6, calls: ["B": .sample("2")])
            )
            try await spool.append([.sample(1, of: "other")])
            let expected = AgentRecord(
                epoch: "e1", sequence: 9, unbrokenUntil: 6, calls: ["B": .sample("2")],
                devices: ["D": .sample("[2]")])
            #expect(try await spool.record(of: "5001") == expected)
        }
    }

    @Test(arguments: SpoolTests.keepings) func `the last message is the last that was remembered or waits`(
        isFile: Bool
    ) async throws {
        try await bench.withSpool(isFile: isFile) { spool in
            try await spool.append(.samples(8...9))
            spool.remember(change)
            try await spool.append([.sample(1, of: "other")])
            #expect(try await spool.record(of: "5001")?.sequence == 9)
            try await spool.append([.sample(1, epoch: "e2")])
            let found = try await spool.record(of: "5001")
            #expect(found?.epoch == "e2" && found?.sequence == 1)
        }
    }
}
