import AMQP
import GWS
import RawJSON
import Testing

@testable import Bridge

struct CloudEventTests {
    private let place = Continuity.Place(epoch: "e1", sequence: 42, callSequence: nil)

    /// Names without their prefix.
    private func attributes(_ message: AMQPMessage) -> [String: FieldValue] {
        let headers = message.properties.headers.filter { $0.key.hasPrefix("cloudEvents_") }
        return Dictionary(uniqueKeysWithValues: headers.map { (String($0.key.dropFirst(12)), $0.value) })
    }

    private func attributes(
        _ notification: GWS.Notification, deviceID: String? = nil, agent: String = "5001"
    ) -> [String: FieldValue] {
        attributes(
            Event(agent: agent, notification: notification, deviceID: deviceID, place: place).message(
                names: .sample, cloudEvents: true))
    }

    @Test func `a call's event has all attributes, each as a text`() {
        #expect(
            attributes(.call("00RV", "Held", at: 1_769_554_688_999), agent: "50.01 x") == [
                "specversion": "1.0", "id": "50%2E01%20x/e1/42",
                "source": "/gws-bridge/agents/50%2E01%20x", "type": "com.genesys.gws.call.StatusChange",
                "subject": "00RV", "time": "2026-01-27T22:58:08.999Z",
            ])
    }

    @Test func `type and subject say what happened to what`() {
        let device = attributes(.devices(["d": "Ready"]), deviceID: "d")
        #expect(device["type"] == "com.genesys.gws.device.DeviceStateChangeMessage")
        #expect(device["subject"] == "d")
        let error = attributes(.failure())
        #expect(error["type"] == "com.genesys.gws.agent.ErrorMessage")
        #expect(error["subject"] == nil)
    }

    @Test func `what the bridge says of a session is its own`() {
        let message = SessionMessage(
            agent: "5001", what: .resynced(calls: [], devices: [], published: 0), place: place,
            at: 1_769_554_688_150
        ).message(names: .sample, cloudEvents: true)
        #expect(
            attributes(message) == [
                "specversion": "1.0", "id": "5001/e1/42", "source": "/gws-bridge/agents/5001",
                "type": "gws-bridge.session.Resynced", "time": "2026-01-27T22:58:08.150Z",
            ])
    }

    @Test func `the id is the message's`() {
        let message = Event(agent: "5001", notification: .call("c", "Held"), deviceID: nil, place: place)
            .message(names: .sample, cloudEvents: true)
        #expect(attributes(message)["id"]?.string == message.properties.messageID)
        #expect(message.properties.contentType == "application/json")
    }

    @Test func `without the flag there is none`() {
        let event = Event(agent: "5001", notification: .call("c", "Held"), deviceID: nil, place: place)
        #expect(attributes(event.message(names: .sample)).isEmpty)
        let session = SessionMessage(
            agent: "5001", what: .started(previousEpoch: nil, instance: "i"), place: place, at: 0)
        #expect(attributes(session.message(names: .sample)).isEmpty)
    }

    @Test(arguments: ["", #"a\u0007"#, #"\u0085"#, #"\uffff"#, String(repeating: "c", count: 256)])
    func `an id that CloudEvents does not allow is no subject`(id: String) {
        let attributes = attributes(.call(id, "Held"))
        #expect(attributes["subject"] == nil)
        #expect(attributes["type"] == "com.genesys.gws.call.StatusChange")
    }

    @Test func `a type that is none of GWS's words is still one`() {
        #expect(attributes(.call("c", "Held", type: "é x"))["type"] == "com.genesys.gws.call.%C3%A9%20x")
        let long = String(repeating: "T", count: 256)
        #expect(attributes(.call("c", "Held", type: long))["type"] == "com.genesys.gws.call.-")
        #expect(attributes(.call("c", "Held", type: ""))["type"] == "com.genesys.gws.call.-")
    }
}
