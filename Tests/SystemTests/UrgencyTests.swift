import AMQP
import GWSSimulator
import RawJSON
import TestSupport
import Testing

struct UrgencyTests {
    @Test func `an urgent command passes those of its call that wait, and not the one under way`()
        async throws
    {
        try await Stage.run { stage in
            let call = try await stage.scene.calls(1, of: ["5001"])[0].id
            await stage.simulator.inject(Fault(.park, method: "POST", path: call))
            let waiting = try await Self.send(["first", "second", "third"], priority: nil, call, stage)
            try await eventually(within: .seconds(10), "the first is under way") {
                await stage.simulator.parkedCount == 1
            }
            let urgent = try await Self.send(["urgent", "urgent too"], priority: 5, call, stage)
            let idle = try await Self.send(["not urgent"], priority: 4, call, stage)
            // By the time that this one is done they all are here.
            let other = try await stage.scene.calls(1, of: ["5001"])[0].id
            _ = try await stage.client.outcome(
                of: Self.send(["elsewhere"], priority: nil, other, stage)[0])
            await stage.simulator.releaseParked()
            for id in waiting + urgent + idle { _ = try await stage.client.outcome(of: id) }
            let done = await stage.scene.operations().filter { $0.path.hasSuffix(call) }.map(\.body)
            let order = ["first", "urgent", "urgent too", "second", "third", "not urgent"]
            #expect(done == order.map { #"{"operationName":"AttachUserData","userData":{"n":"\#($0)"}}"# })
        }
    }

    private static func send(_ marks: [String], priority: UInt8?, _ call: String, _ stage: Stage)
        async throws -> [String]
    {
        var ids: [String] = []
        for mark in marks {
            let members = #""operationName":"AttachUserData","userData":{"n":"\#(mark)"}"#
            ids.append(
                try await stage.client.send(members: members, call: call) { $0.priority = priority })
        }
        return ids
    }
}
