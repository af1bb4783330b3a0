import AMQP
import Bridge
import RawJSON
import Testing

struct ReplyTests {
    private static let call = Address(agent: "5001", callID: "c.1", deviceID: "d", operationName: "Hold")

    private func reply(
        _ outcome: CommandOutcome = CommandOutcome(.accepted, httpStatus: 200, statusCode: 0),
        to properties: Properties = Properties(correlationID: "k", replyTo: "q", messageID: "c1"),
        address: Address = call
    ) -> Reply {
        Reply(
            to: .sample(properties, address: address),
            Verdict(outcome, attempts: 2, acceptedAfter: 12, finishedAfter: 31), names: .sample, at: 1_234_567
        )
    }

    // MARK: - What it says

    @Test func `an accepted command's outcome says all there is to say`() {
        #expect(
            reply().toOutcomes().text
                == #"{"commandId":"c1","agent":"5001","callId":"c.1","deviceId":"d","operationName":"Hold","#
                + #""outcome":"accepted","final":true,"httpStatus":200,"statusCode":0,"attempts":2,"#
                + #""acceptedAfterMs":12,"finishedAfterMs":31}"#)
    }

    @Test func `an outcome that is no success has reason, words and field`() throws {
        let outcome = CommandOutcome(
            .rejected, reason: "invalid-parameter", detail: "a\"\n\u{1}", field: "/callId",
            statusMessage: "ü😀")
        let body = try RawJSON(reply(outcome, address: Address()).toOutcomes().body)
        let said = ["outcome", "reason", "detail", "field", "statusMessage"].map { body[$0]?.string }
        #expect(said == ["rejected", "invalid-parameter", "a\"\n\u{1}", "/callId", "ü😀"])
        #expect(body["agent"] == nil)
        #expect(body["callId"] == nil)
        #expect(body["statusCode"] == nil)
    }

    @Test func `the requester gets the same body as the outcomes`() {
        #expect(reply().toRequester()?.body == reply().toOutcomes().body)
    }

    @Test func `headers and properties tell what it is about`() {
        let properties = reply().toOutcomes().properties
        #expect(properties.type == "accepted")
        #expect(properties.messageID == "c1/accepted")
        #expect(properties.timestamp == 1234)
        #expect(properties.appID == "gws-bridge/1.2.3")
        #expect(properties.contentType == "application/json")
        #expect(properties.deliveryMode == 2)
        #expect(properties.correlationID == nil)
        #expect(properties.headers["traceparent"]?.string?.hasPrefix("00-") == true)
        var headers = properties.headers
        headers["traceparent"] = nil
        #expect(
            headers == [
                "gws-contract": 1, "gws-command-id": "c1", "gws-agent": "5001", "gws-call-id": "c.1",
                "gws-device-id": "d",
            ])
    }

    @Test func `the trace of the command is on its outcome`() {
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
        let properties = Properties(
            headers: ["traceparent": .string(parent), "tracestate": "s"], messageID: "c1")
        let headers = reply(to: properties).toOutcomes().properties.headers
        #expect([headers["traceparent"], headers["tracestate"]] == [.string(parent), "s"])
    }

    @Test func `an id too long for a short string gives way to its digest`() {
        let id = String(repeating: "x", count: 255 - "/accepted".count)
        let messageIDs = [id, id + "x"].map {
            reply(to: Properties(messageID: $0)).toOutcomes().properties.messageID
        }
        #expect(messageIDs == [id + "/accepted", RoutingKey.digest(of: id + "x") + "/accepted"])
    }

    // MARK: - Where it goes

    @Test func `the reply goes to the requester's queue and comes back where that is gone`() throws {
        let message = try #require(reply().toRequester())
        #expect(message.exchange == "")
        #expect(message.routingKey == "q")
        #expect(message.isMandatory)
        #expect(message.properties.correlationID == "k")
        #expect(message.properties.headers["gws-duplicate"] == nil)
    }

    @Test func `a duplicate's reply says that it is one`() {
        let message = reply().toRequester(isDuplicate: true)
        #expect(message?.properties.headers["gws-duplicate"] == true)
    }

    @Test(arguments: [nil, "", String(repeating: "q", count: 256)])
    func `who cannot be answered gets no reply`(replyTo: String?) {
        #expect(reply(to: Properties(replyTo: replyTo)).toRequester() == nil)
    }

    @Test(arguments: [
        (call, "call.c%2E1.Hold.accepted"),
        (Address(agent: "5001", deviceID: "d", operationName: "Dial"), "device.d.Dial.accepted"),
        (Address(agent: "50.01", operationName: "NotReady"), "agent.50%2E01.NotReady.accepted"),
        (Address(), "agent.-.-.accepted"),
    ])
    func `an outcome is keyed by what the command was about`(address: Address, key: String) {
        let message = reply(address: address).toOutcomes()
        #expect(message.exchange == "gws.outcomes")
        #expect(message.routingKey == key)
        #expect(!message.isMandatory)
    }
}
