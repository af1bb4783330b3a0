import GWSSimulator
import TestSupport
import Testing

/// A process that is stopped, loses its commands to another, and goes on.
@Suite struct SuspensionTests {
    /// With a heartbeat of three seconds.
    private static func withTwo(
        _ body: @Sendable (_ stage: ProcessStage, _ second: BridgeProcess) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        try await ProcessStage.run(settings: [
            "amqp.heartbeat": "3s", "commands.lifetime": "5m", "gws.request-timeout": "60s",
        ]) { stage in
            let second = try stage.bridge.another(in: directory)
            try second.start()
            try await second.whenReady()
            try await body(stage, second)
            let ended = try await second.stop()
            #expect(ended?.code == 0, "\(ended?.error ?? "")")
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `a process that was suspended past the heartbeat sends nothing of what another has taken over`()
        async throws
    {
        try await Self.withTwo { stage, _ in
            let calls = try await stage.scene.calls(3, of: ["5001"])
            await stage.simulator.inject(Fault(.park, .after, method: "POST", body: "UpdateUserData"))
            // One whose answer is out, and two behind it.
            var ids = try await stage.attach(to: calls[0], 3)
            try await eventually(within: .seconds(20), "GWS is at the first") {
                await stage.simulator.parkedCount == 1
            }
            stage.bridge.suspend()
            // These lie in its socket.
            for call in calls { ids += try await stage.attach(to: call, 2) }
            try await eventually(within: .seconds(20), "all are delivered") {
                try await stage.scene.ready(in: "commands") == 0
            }
            for id in ids { _ = try await stage.client.outcome(of: id, within: .seconds(60)) }
            // The first has been sent by both: it may be.
            #expect(await stage.scene.operations().count == ids.count + 1)
            await stage.simulator.releaseParked()
            stage.bridge.resume()
            try await stage.bridge.prints("stood still")
            try await stage.bridge.whenReady()
            let last = try await stage.attach(to: calls[0], 1)[0]
            #expect(try await stage.client.outcome(of: last).isFinal)
            #expect(await stage.scene.operations().count == ids.count + 2)
        }
    }
}

extension ProcessStage {
    /// Commands that may be done twice: who takes them over sends them, too.
    fileprivate func attach(to call: Campaign.Call, _ count: Int) async throws -> [String] {
        var ids: [String] = []
        for _ in 0..<count {
            let data = #""operationName":"UpdateUserData","userData":{"n":"\#(uniqueName("n"))"}"#
            ids.append(try await client.send(members: data, call: call.id))
        }
        return ids
    }
}

extension Scene {
    /// Messages that the broker has not delivered yet.
    fileprivate func ready(in queue: String) async throws -> Int {
        let list = try await node.control("-q", "list_queues", "name", "messages_ready")
        for line in list.split(separator: "\n") {
            let columns = line.split(separator: "\t")
            if columns.count == 2, columns[0] == "\(prefix).\(queue)" { return Int(columns[1]) ?? -1 }
        }
        return -1
    }
}
