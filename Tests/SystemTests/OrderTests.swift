import AMQP
import GWSSimulator
import RawJSON
import TestSupport
import Testing

struct OrderTests {
    @Test func `commands of a call are POSTed one after another in the order of the queue`() async throws {
        // At one telephone the switch holds the call that is not talked in.
        try await Stage.run(agents: ["5001", "5002"]) { stage in
            var calls: [String: String] = [:]
            for agent in ["5001", "5002"] { calls[agent] = try await stage.establishedCall(agent: agent) }
            await stage.simulator.inject(
                Fault(
                    .delay(.milliseconds(15)), method: "POST", path: "/me/calls/", times: nil,
                    probability: 0.5))
            let operations = (0..<40).map { $0.isMultiple(of: 2) ? "Hold" : "Retrieve" }
            var ids: [String] = []
            for operation in operations {
                for (agent, call) in calls {
                    ids.append(try await stage.client.send(operation, agent: agent, call: call))
                }
            }
            for id in ids {
                #expect(try await stage.client.outcome(of: id, within: .seconds(30)).outcome == "confirmed")
            }
            for call in calls.values {
                let posted = await stage.operations().filter { $0.path.hasSuffix(call) }.dropFirst().map(
                    \.body)
                #expect(posted == operations.map { #"{"operationName":"\#($0)"}"# })
            }
        }
    }

    @Test func `commands of a device keep their order, whether they name it or not`() async throws {
        try await Stage.run { stage in
            let device = try await stage.device(of: "5001")
            // The first has to find out which device is meant.
            await stage.simulator.inject(
                Fault(.delay(.milliseconds(300)), method: "GET", path: "/me/devices"))
            await stage.simulator.inject(
                Fault(.delay(.milliseconds(50)), method: "POST", path: "/me/devices/", times: 3))
            let operations = (0..<8).map { $0.isMultiple(of: 2) ? "DoNotDisturbOn" : "DoNotDisturbOff" }
            var ids: [String] = []
            for (number, operation) in operations.enumerated() {
                let named = number % 3 == 2 ? #""deviceId":"\#(device)","# : ""
                let body = #"{"agent":"5001",\#(named)"operationName":"\#(operation)"}"#
                ids.append(try await stage.client.send(Array(body.utf8)))
            }
            for id in ids { #expect(try await stage.client.outcome(of: id).outcome == "confirmed") }
            let posted = await stage.operations().map(\.body)
            #expect(posted == operations.map { #"{"operationName":"\#($0)"}"# })
        }
    }

    @Test func `a slow call holds up no other`() async throws {
        try await Stage.run(agents: ["5001", "5002"]) { stage in
            let slow = try await stage.establishedCall(agent: "5001")
            let quick = try await stage.establishedCall(agent: "5002")
            await stage.simulator.inject(Fault(.delay(.seconds(2)), method: "POST", path: slow))
            let first = try await stage.client.send("Hold", call: slow)
            let second = try await stage.client.send("Hold", agent: "5002", call: quick)
            _ = try await stage.client.outcome(of: second)
            #expect(try stage.client.outcomes(of: first).isEmpty)
            _ = try await stage.client.outcome(of: first)
        }
    }

    @Test func `a second command with the same id is answered and not sent`() async throws {
        try await Stage.run { stage in
            let call = try await stage.establishedCall()
            let id = try await stage.client.send("Hold", call: call)
            let first = try await stage.client.reply(to: id)
            try await stage.client.send("Hold", call: call) {
                $0.messageID = id
                $0.correlationID = "again"
            }
            let second = try await stage.client.reply(to: "again")
            #expect(second.message.properties.headers["gws-duplicate"]?.bool == true)
            #expect(second.json["outcome"] == first.json["outcome"])
            #expect(second.json["commandId"]?.string == id)
            #expect(await stage.operations().filter { $0.body.contains("Hold") }.count == 1)
            #expect(try stage.client.outcomes(of: id).map(\.outcome) == ["accepted", "confirmed"])
        }
    }

    @Test func `a second command with the same id while the first is under way waits for its outcome`()
        async throws
    {
        try await Stage.run { stage in
            let call = try await stage.establishedCall()
            await stage.simulator.inject(Fault(.delay(.seconds(1)), method: "POST", body: "Hold"))
            let id = try await stage.client.send("Hold", call: call)
            try await stage.client.send("Hold", call: call) {
                $0.messageID = id
                $0.correlationID = "again"
            }
            #expect(try await stage.client.reply(to: "again").outcome == "confirmed")
            #expect(await stage.operations().filter { $0.body.contains("Hold") }.count == 1)
        }
    }
}
