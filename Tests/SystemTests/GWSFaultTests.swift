import AMQP
import Bridge
import GWS
import GWSSimulator
import RawJSON
import TestSupport
import Testing

struct GWSFaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let what: String
        let fault: Fault
        let outcome: String
        let reason: String?
        var httpStatus: Int?

        var testDescription: String { what }
    }

    private static func fault(_ action: Fault.Action) -> Fault {
        Fault(action, method: "POST", body: "SendDtmf", times: nil)
    }

    private static func answer(_ status: Int, _ body: String, _ type: String = "application/json") -> Fault {
        fault(.answer(status: status, body: body, contentType: type))
    }

    @Test func `a refusal to tell what a command leaves out is the command's`() async throws {
        try await Stage.run { stage in
            await stage.simulator.inject(
                Fault(.refusal(500, statusCode: 4, "no such device"), path: "/me/devices", times: nil))
            let body = #"{"agent":"5001","operationName":"Dial","destination":{"phoneNumber":"5002"}}"#
            let reply = try await stage.client.reply(to: stage.client.send(Array(body.utf8)))
            #expect(reply.outcome == "refused")
            #expect(reply.reason == "gws")
            #expect(reply.json["httpStatus"]?.int == 500)
            #expect(reply.json["statusCode"]?.int == 4)
            #expect(reply.json["statusMessage"]?.string == "no such device")
            #expect(await stage.operations().isEmpty)
        }
    }

    static let cases = [
        Case(
            what: "500 with GWS's JSON",
            fault: answer(500, #"{"statusCode":4,"statusMessage":"Device '5001' is not registered."}"#),
            outcome: "refused", reason: "gws", httpStatus: 500),
        Case(
            what: "partial success", fault: answer(200, #"{"statusCode":7,"failed":[],"succeeded":[]}"#),
            outcome: "refused", reason: "partial", httpStatus: 200),
        Case(
            what: "400", fault: answer(400, #"{"statusCode":1,"statusMessage":"missing"}"#),
            outcome: "refused",
            reason: "gws", httpStatus: 400),
        Case(
            what: "200 with a page", fault: answer(200, "<html>Hello</html>", "text/html"),
            outcome: "unknown",
            reason: "gws-error", httpStatus: 200),
        Case(
            what: "200 with nothing", fault: answer(200, ""), outcome: "unknown", reason: "gws-error",
            httpStatus: 200),
        Case(
            what: "500 with a page", fault: answer(500, "<html>Oops</html>", "text/html"), outcome: "unknown",
            reason: "gws-error", httpStatus: 500),
        Case(
            what: "502", fault: answer(502, "bad gateway", "text/plain"), outcome: "unknown",
            reason: "gws-error", httpStatus: 502),
        Case(what: "half a body", fault: fault(.half), outcome: "unknown", reason: "cut"),
        Case(what: "cut", fault: fault(.cut), outcome: "unknown", reason: "cut"),
        Case(what: "a hang", fault: fault(.hang), outcome: "unknown", reason: "timed-out"),
        Case(
            what: "503 for as long as the command lives",
            fault: answer(
                503, #"{"statusCode":4,"statusMessage":"Voice service is not available at this time"}"#),
            outcome: "unreachable", reason: "unavailable", httpStatus: 503),
        Case(
            what: "429 for as long as the command lives", fault: answer(429, "slow down", "text/plain"),
            outcome: "unreachable", reason: "throttled", httpStatus: 429),
    ]

    @Test func `what GWS answers, or does not, is told for what it is`() async throws {
        try await Stage.run { configuration in
            configuration.commands.lifetime = .seconds(2)
            configuration.commands.confirmWithin = .milliseconds(100)
            configuration.server.requestTimeout = .seconds(1)
        } _: { stage in
            for faulty in Self.cases {
                let call = try await stage.establishedCall()
                await stage.simulator.inject(faulty.fault)
                // What it does cannot be read, so nothing settles what GWS may have got.
                let body =
                    #"{"agent":"5001","callId":"\#(call)","operationName":"SendDtmf","digits":"1"}"#
                let id = try await stage.client.send(Array(body.utf8))
                let reply = try await stage.client.reply(to: id)
                await stage.simulator.removeFaults()
                #expect(reply.outcome == faulty.outcome, "\(faulty.what)")
                #expect(reply.reason == faulty.reason, "\(faulty.what)")
                if let status = faulty.httpStatus {
                    #expect(reply.json["httpStatus"]?.int == status, "\(faulty.what)")
                }
                if ["unknown", "unreachable"].contains(faulty.outcome) {
                    let letter = try await stage.client.deadLetter { $0.properties.messageID == id }
                    #expect(letter.routingKey == "\(faulty.outcome).\(faulty.reason ?? "")", "\(faulty.what)")
                }
                if faulty.outcome == "unknown" {
                    let posts = await stage.operations().filter {
                        $0.path.hasSuffix(call) && $0.body.contains("SendDtmf")
                    }
                    #expect(posts.count == 1, "\(faulty.what)")
                }
            }
        }
    }

    @Test func `what GWS was not there for is sent as soon as it is`() async throws {
        try await Stage.run { stage in
            let call = try await stage.establishedCall()
            let fault = await stage.simulator.inject(
                Fault(
                    .answer(status: 503, body: "", contentType: nil), method: "POST", body: "Hold", times: 3))
            let id = try await stage.client.send("Hold", call: call)
            let reply = try await stage.client.reply(to: id)
            await stage.simulator.removeFault(fault)
            #expect(reply.outcome == "confirmed")
            #expect(reply.json["attempts"]?.int == 4)
        }
    }

    @Test func `what may be done twice is sent again when it may have been done once`() async throws {
        try await Stage.run { stage in
            let call = try await stage.establishedCall()
            await stage.simulator.inject(Fault(.cut, method: "POST", body: "UpdateUserData"))
            let body =
                #"{"agent":"5001","callId":"\#(call)","operationName":"UpdateUserData","userData":{"a":1}}"#
            let reply = try await stage.client.reply(to: stage.client.send(Array(body.utf8)))
            #expect(reply.outcome == "confirmed")
            #expect(reply.json["attempts"]?.int == 2)
        }
    }

    @Test func `a command whose time is over is not sent`() async throws {
        try await Stage.run { stage in
            let call = try await stage.establishedCall()
            let id = try await stage.client.send("Hold", call: call) { $0.headers["gws-deadline"] = 1 }
            let reply = try await stage.client.reply(to: id)
            #expect(reply.outcome == "expired")
            #expect(reply.reason == "deadline")
            #expect(await stage.operations().contains { $0.body.contains("Hold") } == false)
        }
    }

    @Test func `an HTTP session that GWS forgot is renewed without anybody noticing`() async throws {
        try await Stage.run { stage in
            let call = try await stage.establishedCall()
            await stage.simulator.invalidateSessions()
            let id = try await stage.client.send("Hold", call: call)
            #expect(try await stage.client.reply(to: id).outcome == "confirmed")
            let gap = try await stage.client.event("the gap is named") { $0.properties.type == "Gap" }
            #expect(try RawJSON(gap.body)["reason"]?.string == "logged-out")
        }
    }

    @Test func `a forgotten client id is a gap, and events go on`() async throws {
        try await Stage.run { stage in
            let call = try await stage.establishedCall()
            await stage.simulator.forgetClients()
            let gap = try await stage.client.event("the gap is named") { $0.properties.type == "Gap" }
            let json = try RawJSON(gap.body)
            #expect(json["reason"]?.string == "session-lost")
            #expect(json["previousEpoch"]?.string != json["epoch"]?.string)
            try await stage.client.send("Hold", call: call)
            let held = try await stage.client.event("the call is held") {
                $0.properties.headers["gws-call-state"]?.string == "Held"
            }
            #expect(held.properties.headers["gws-epoch"]?.string == json["epoch"]?.string)
        }
    }
}
