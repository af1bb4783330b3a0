import AMQP
import GWS
import RawJSON
import Testing

@testable import Bridge

struct EventTests {
    private static let recording =
        #"{"data":{"notificationType":"CallRecordingStateChange","messageType":"CallStateChangeMessage", "#
        + #""call":{"id":"c.1","state":"Established","recordingState":"Recording"},"#
        + #""metrics":{"eventProcessing":{"serverGenerationTimestamp":1769554688150}}},"channel":"/v2/me/calls"}"#

    private func event(
        _ text: String = recording, agent: String = "5001", deviceID: String? = nil, callSequence: Int64? = 7,
        origin: Event.Origin = .live, isInferred: Bool = false
    ) throws -> Event {
        Event(
            agent: agent,
            notification: try GWS.Notification(
                RawJSON(Array(text.utf8)), channel: "/v2/me/calls", receivedAt: 1_769_554_688_999),
            deviceID: deviceID,
            place: Continuity.Place(epoch: "e1", sequence: 42, callSequence: callSequence),
            origin: origin, isInferred: isInferred)
    }

    @Test func `the body is GWS's, byte for byte`() throws {
        #expect(try event().message(names: .sample).text == Self.recording)
    }

    @Test func `what a consumer wants to know stands in the headers`() throws {
        let headers = try event(deviceID: "d").message(names: .sample).properties.headers
        let expected: [String: FieldValue] = [
            "gws-contract": 1, "gws-agent": "5001", "gws-channel": "/v2/me/calls",
            "gws-received-at": 1_769_554_688_999, "gws-generated-at": 1_769_554_688_150, "gws-epoch": "e1",
            "gws-sequence": 42, "gws-call-sequence": 7, "gws-origin": "live", "gws-call-id": "c.1",
            "gws-device-id": "d", "gws-message-type": "CallStateChangeMessage",
            "gws-notification-type": "CallRecordingStateChange", "gws-call-state": "Established",
            "gws-recording-state": "Recording",
        ]
        #expect(Dictionary(headers.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }) == expected)
    }

    @Test func `properties say what it is, its place and its time`() throws {
        let message = try event().message(names: .sample)
        let properties = message.properties
        #expect(properties.type == "CallRecordingStateChange")
        #expect(properties.messageID == "5001/e1/42")
        #expect(properties.timestamp == 1_769_554_688)
        #expect(properties.appID == "gws-bridge/1.2.3")
        #expect(properties.contentType == "application/json")
        #expect(properties.deliveryMode == 2)
        #expect(message.exchange == "gws.events")
        #expect(message.isMandatory)
    }

    @Test func `what was read, and what was concluded from that, is marked`() throws {
        let headers = try event(origin: .resync).message(names: .sample).properties.headers
        #expect(headers["gws-origin"] == "resync")
        #expect(headers["gws-inferred"] == nil)
        let inferred = try event(origin: .resync, isInferred: true).message(names: .sample)
        #expect(inferred.properties.headers["gws-inferred"] == true)
    }

    @Test func `what GWS did not say is not in the headers`() throws {
        let headers = try event("{}", callSequence: nil).message(names: .sample).properties.headers
        #expect(headers.count == 7)
    }

    @Test(arguments: [
        (recording, "d", "call.c%2E1.CallRecordingStateChange"),
        (
            #"{"data":{"messageType":"CallStateChangeMessage","call":{"id":"c"}}}"#, nil,
            "call.c.CallStateChangeMessage"
        ),
        (#"{"data":{"call":{"id":"c"}}}"#, nil, "call.c.-"),
        (
            #"{"data":{"messageType":"DeviceStateChangeMessage","notificationType":"X"}}"#, "d.1",
            "device.d%2E1.DeviceStateChangeMessage"
        ),
        (#"{"data":{"messageType":"ErrorMessage"}}"#, nil, "agent.5001.ErrorMessage"),
        ("{}", nil, "agent.5001.-"),
    ])
    func `an event is keyed by what it is about`(text: String, deviceID: String?, key: String) throws {
        let event = try event(text, deviceID: deviceID)
        #expect(event.routingKey.text == key)
        #expect(event.message(names: .sample).routingKey == key)
    }

    @Test func `a type longer than a property holds is in the body and the header alone`() throws {
        let type = String(repeating: "T", count: 256)
        let message = try event(#"{"data":{"messageType":"\#(type)"}}"#).message(names: .sample)
        #expect(message.properties.type == nil)
        #expect(message.properties.headers["gws-message-type"] == .string(type))
        #expect(message.routingKey.utf8.count <= 255)
    }
}
