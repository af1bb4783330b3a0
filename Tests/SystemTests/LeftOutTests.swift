import AMQP
import Bridge
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// What a command may leave out, because GWS knows it.
struct LeftOutTests {
    private static let doNotDisturb = #"{"agent":"5001","operationName":"DoNotDisturbOn"}"#

    @Test func `a device is not named where the agent has one`() async throws {
        try await Stage.run { stage in
            let device = try await stage.device(of: "5001")
            for operation in ["DoNotDisturbOn", "DoNotDisturbOff"] {
                let body = #"{"agent":"5001","operationName":"\#(operation)"}"#
                let id = try await stage.client.send(Array(body.utf8))
                #expect(try await stage.client.reply(to: id).json["deviceId"]?.string == device)
                let outcome = try await stage.client.outcome(of: id)
                #expect(outcome.message.routingKey == "device.\(device).\(operation).confirmed")
                #expect(await stage.operations().last?.path == "/api/v2/me/devices/\(device)")
                try await stage.client.send(Array(body.utf8)) { $0.messageID = id }
                let duplicate = try await stage.client.inbox.first("the duplicate's reply") {
                    $0.properties.headers["gws-duplicate"]?.bool == true
                        && $0.properties.messageID?.hasPrefix(id) == true
                }
                #expect(try RawJSON(duplicate.body)["deviceId"]?.string == device)
            }
        }
    }

    @Test func `a device is named where the agent has several`() async throws {
        var site = SimulatorConfiguration()
        site.agents[0].numbers = ["5001", "6001"]
        try await Stage.run(simulator: site) { stage in
            let reply = try await stage.client.reply(to: stage.client.send(Array(Self.doNotDisturb.utf8)))
            #expect(reply.outcome == "rejected")
            #expect(reply.reason == "missing-parameter")
            #expect(reply.field == "/deviceId")
            #expect(await stage.operations().isEmpty)
        }
    }

    @Test func `another call's id becomes its URI, on the base that GWS itself uses`() async throws {
        var site = SimulatorConfiguration()
        site.externalURL = "https://contact-centre.example/api/v2"
        try await Stage.run(simulator: site) { stage in
            let held = try await stage.establishedCall()
            try await stage.carryOut(#""operationName":"Hold""#, call: held)
            let other = try await stage.establishedCall()
            let body =
                #"{"agent":"5001","callId":"\#(other)","operationName":"SwapCalls","otherCallId":"\#(held)"}"#
            let reply = try await stage.client.reply(to: stage.client.send(Array(body.utf8)))
            #expect(reply.outcome == "confirmed")
            let uri = "https://contact-centre.example/api/v2/me/calls/\(held)"
            #expect(
                await stage.operations().last?.body
                    == #"{"operationName":"SwapCalls","otherCallUri":"\#(uri)"}"#)
        }
    }

    @Test func `a URI is made of the call that is read where no call was heard of`() async throws {
        var site = SimulatorConfiguration()
        site.externalURL = "https://contact-centre.example/api/v2"
        try await Stage.run(simulator: site) {
            $0.subscriptions = ["/v2/me/devices"]
        } _: { stage in
            let held = try await stage.establishedCall()
            try await stage.carryOut(#""operationName":"Hold""#, call: held)
            let other = try await stage.establishedCall()
            let seen = await stage.simulator.requests().last?.sequence ?? 0
            try await stage.carryOut(#""operationName":"SwapCalls","otherCallId":"\#(held)""#, call: other)
            let uri = "https://contact-centre.example/api/v2/me/calls/\(held)"
            let posted = try #require(await stage.operations().last)
            #expect(posted.body.contains(uri))
            // What is read later is read to see what became of it.
            let read = await stage.simulator.requests(after: seen).filter {
                $0.method == "GET" && $0.path.hasSuffix("/\(other)") && $0.sequence < posted.sequence
            }
            #expect(read.count == 1)
        }
    }
}
