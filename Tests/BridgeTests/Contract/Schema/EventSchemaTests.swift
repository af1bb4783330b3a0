import AMQP
import GWS
import RawJSON
import TestSupport
import Testing

@testable import Bridge

struct EventSchemaTests {
    private let validator: SchemaValidator

    init() throws {
        validator = SchemaValidator(
            schema: try StrictSchema.of(Array(AsyncAPI(prefix: "gws").document.pretty.utf8)))
    }

    /// As the pump makes them: of each device that is named, else one.
    private func events(_ text: String, cloudEvents: Bool = false) throws -> [AMQPMessage] {
        let json = try RawJSON(Array(text.utf8))
        let notification = GWS.Notification(
            json, channel: json["channel"]?.string ?? "", receivedAt: 1_769_554_688_999)
        let devices = notification.callID == nil ? notification.deviceIDs.map(Optional.some) : []
        return (devices.isEmpty ? [nil] : devices).map { device in
            Event(
                agent: "5001", notification: notification, deviceID: device,
                place: Continuity.Place(
                    epoch: "e1", sequence: 42, callSequence: notification.callID == nil ? nil : 7)
            ).message(names: .sample, cloudEvents: cloudEvents)
        }
    }

    private func complaints(about texts: [String], cloudEvents: Bool = false) async throws -> [String] {
        let messages = try texts.flatMap { try events($0, cloudEvents: cloudEvents) }
        let claims = try messages.flatMap { try $0.claims(prefix: "gws") }
        #expect(claims.count == messages.count * 2)
        return try await validator.complaints(about: claims).filter { !$0.isEmpty }
    }

    @Test func `what GWS was seen to send is as the document says`() async throws {
        let kinds = try GWSSamples.all.flatMap { try events($0) }.map {
            $0.routingKey.split(separator: ".")[0]
        }
        #expect(Set(kinds) == ["call", "device", "agent"])
        #expect(try await complaints(about: GWSSamples.all) == [])
    }

    @Test func `what is not understood is as the document says, too`() async throws {
        let strange = [
            "{}", #"{"data":null}"#, #"{"data":{"call":7}}"#,
            #"{"data":{"messageType":7,"notificationType":[]}}"#,
            #"{"data":{"call":{"id":"c","state":7,"recordingState":{}}}}"#, #"{"data":{"devices":{}}}"#,
            #"{"data":{"devices":[7,{"id":"d"}]}}"#, #"{"data":{"call":{"id":""}},"channel":7}"#,
        ]
        #expect(try await complaints(about: strange) == [])
        #expect(try await complaints(about: strange, cloudEvents: true) == [])
    }

    @Test func `what is an event of CloudEvents, too, is as the document says`() async throws {
        #expect(try await complaints(about: GWSSamples.all, cloudEvents: true) == [])
        let place = Continuity.Place(epoch: "e1", sequence: 42, callSequence: nil)
        let session = SessionMessage(
            agent: "5001", what: .started(previousEpoch: nil, instance: "i"), place: place, at: 7
        ).message(names: .sample, cloudEvents: true)
        let complaints = try await validator.complaints(about: session.claims(prefix: "gws"))
        #expect(complaints.filter { !$0.isEmpty } == [])
    }

    @Test func `what was read again is as the document says`() async throws {
        let read = [#"{"id":"A","state":"Held"}"#].map(RawJSON.sample)
        let resync = Resync(
            known: ["B": .sample(#"{"id":"B","state":"Ringing"}"#)], devices: [:], calls: read,
            devices: [.sample(#"{"id":"d"}"#)], publishesAll: true)
        let claims = try resync.differences(at: 7).flatMap { difference in
            try Event(
                agent: "5001", notification: difference.notification, deviceID: difference.deviceID,
                place: Continuity.Place(
                    epoch: "e1", sequence: 3, callSequence: difference.deviceID == nil ? 1 : nil),
                origin: .resync, isInferred: difference.isInferred
            ).message(names: .sample).claims(prefix: "gws")
        }
        #expect(claims.count == 6)
        #expect(try await validator.complaints(about: claims).filter { !$0.isEmpty } == [])
    }

    @Test func `only of a call that is over and was read can it be concluded`() async throws {
        let claim = try events(GWSSamples.all[0])[0].claims(prefix: "gws")[0]
        let headers = String(decoding: claim.text, as: UTF8.self)
        let inferred = headers.replacing(#""gws-contract""#, with: #""gws-inferred":true,"gws-contract""#)
        let right = inferred.replacing(#""live""#, with: #""resync""#).replacing(
            "Established", with: "Released")
        let texts = [inferred, inferred.replacing(#""live""#, with: #""resync""#), right]
        let complaints = try await validator.complaints(about: texts.map { (claim.pointer, Array($0.utf8)) })
        #expect(complaints.map(\.isEmpty) == [false, false, true])
    }

    @Test func `every header of an event is described`() throws {
        let document = try RawJSON(Array(AsyncAPI(prefix: "gws").document.pretty.utf8))
        let headers = document["components"]?["messages"]?["CallEvent"]?["headers"]?["properties"]
        for event in try GWSSamples.all.flatMap({ try events($0, cloudEvents: true) }) {
            for header in event.properties.headers { #expect(headers?[header.key] != nil, "\(header.key)") }
        }
    }

    @Test func `an event of another kind is not as the document says`() async throws {
        let message = try events(GWSSamples.all[0])[0]
        let claim = try message.claims(prefix: "gws")[0]
        let headers = String(decoding: claim.text, as: UTF8.self)
        let wrong = [
            ("/components/messages/DeviceEvent/headers", headers),
            ("/components/messages/AgentEvent/headers", headers),
            (claim.pointer, headers.replacing("gws-epoch", with: "epoch")),
            (claim.pointer, headers.replacing(#""live""#, with: #""dead""#)),
            (claim.pointer, headers.replacing("gws-call-id", with: "call-id")),
        ]
        let complaints = try await validator.complaints(about: wrong.map { ($0.0, Array($0.1.utf8)) })
        #expect(complaints.allSatisfy { !$0.isEmpty })
    }

    // MARK: - Outcomes and dead letters

    @Test func `replies and outcomes are as the document says`() async throws {
        let properties = Properties(
            headers: ["traceparent": "p", "tracestate": "s"], correlationID: "k", replyTo: "q",
            messageID: "c1")
        let address = Address(agent: "5001", callID: "c", deviceID: "d", operationName: "Hold")
        let messages = Verdict.samples.flatMap { verdict in
            let reply = Reply(to: .sample(properties, address: address), verdict, names: .sample, at: 7)
            return [reply.toOutcomes()]
                + [reply.toRequester(), reply.toRequester(isDuplicate: true)].compactMap(\.self)
        }
        let claims = try messages.flatMap { try $0.claims(prefix: "gws") }
        #expect(claims.count == Verdict.samples.count * 6)
        #expect(try await validator.complaints(about: claims).filter { !$0.isEmpty } == [])
    }

    @Test func `a dead letter's headers are as the document says`() async throws {
        let properties = Properties(
            headers: ["CC": ["a"], "mine": 1, "gws-replay-of": "c0"], expiration: "5", userID: "u")
        let original = AMQPMessage(
            exchange: "", routingKey: "gws.commands", properties: properties, body: [0])
        let verdicts = Verdict.samples.filter(\.outcome.kind.isDeadLettered)
        let claims = try verdicts.flatMap {
            try DeadLetter(original, envelope: .sample(properties), verdict: $0, names: .sample, at: 1)
                .message
                .claims(prefix: "gws")
        }
        #expect(claims.count == verdicts.count)
        #expect(try await validator.complaints(about: claims).filter { !$0.isEmpty } == [])
    }
}
