import AMQP
import Bridge
import GWSSimulator
import RawJSON
import TestSupport
import Testing

struct StopTests {
    @Test func `what the bridge holds when it is stopped is brought to an end`() async throws {
        let sent = Ids()
        try await Stage.run {
            $0.shutdownTimeout = .seconds(12)
        } _: { stage in
            let call = try await stage.establishedCall()
            await stage.simulator.inject(
                Fault(.delay(.milliseconds(40)), method: "POST", path: "/me/calls/", times: nil))
            for number in 0..<40 {
                let operation = number.isMultiple(of: 2) ? "Hold" : "Retrieve"
                await sent.add(try await stage.client.send(operation, call: call))
            }
            // The first is through, the others wait behind each other.
            _ = try await stage.client.outcome(of: sent.all[0])
        } afterStop: { stage in
            for id in await sent.all {
                let reply = try await stage.client.reply(to: id, within: .seconds(2))
                #expect(reply.outcome == "confirmed")
            }
            let posts = await stage.operations().count
            #expect(posts == 41)
        }
    }

    @Test func `the last word of a session is that it ended, and after how much`() async throws {
        try await Stage.run { stage in
            _ = try await stage.establishedCall()
        } afterStop: { stage in
            let ended = try await stage.client.event("the session's end") { $0.properties.type == "Ended" }
            let json = try RawJSON(ended.body)
            let before = stage.client.events.dropLast().last?.properties.headers["gws-sequence"]?.int
            #expect(stage.client.events.last == ended)
            #expect(json["lastSequence"]?.int == before.map(Int.init))
            #expect(json["reason"]?.string == "stopped")
            #expect(await stage.simulator.clientCount() == 0)
        }
    }

    @Test func `a gap says from when on events may be missing`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.hold = .milliseconds(300)
        try await Stage.run(simulator: configuration) { stage in
            let call = try await stage.establishedCall()
            let answered = try await stage.client.event("the answer") {
                $0.properties.headers["gws-call-state"]?.string == "Established"
            }
            // Some polls without news, which say that nothing was missed.
            let seen = await stage.simulator.conversations().last?.sequence ?? 0
            for _ in 0..<3 {
                _ = try await stage.simulator.request(after: seen) { $0.body.contains("/meta/connect") }
            }
            await stage.simulator.forgetClients()
            let gap = try await stage.client.event("the gap") { $0.properties.type == "Gap" }
            let json = try RawJSON(gap.body)
            let from = try #require(json["from"]?.string)
            let to = try #require(json["to"]?.string)
            #expect(from <= to)
            #expect(from.count == "2026-01-01T00:00:00.000Z".count)
            _ = (call, answered)
        }
    }
}

private actor Ids {
    private(set) var all: [String] = []

    func add(_ id: String) { all.append(id) }
}
