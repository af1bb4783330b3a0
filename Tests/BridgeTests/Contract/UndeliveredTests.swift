import AMQP
import Testing

@testable import Bridge

/// Messages as RabbitMQ 3.10 makes them; ``UndeliveredQueueTests`` has it make them.
struct UndeliveredTests {
    private static let hold = Array(#"{"agent":"5001","callId":"00RV","operationName":"Hold"}"#.utf8)

    private func undelivered(_ message: AMQPMessage, user: String? = nil) -> Undelivered {
        Undelivered(message, decoder: CommandDecoder(agents: ["5001", "5002"]), names: .sample, user: user)
    }

    /// What came by the alternate exchange.
    private func unrouted(
        key: String = "command.5001.Hold", _ properties: Properties = Properties(messageID: "c1"),
        body: [UInt8] = hold
    ) -> AMQPMessage {
        AMQPMessage(exchange: "gws.commands", routingKey: key, properties: properties, body: body)
    }

    /// What the broker dead-lettered.
    private func dead(
        _ death: FieldValue, key: String = "command.5001.Hold", headers: FieldTable = [:],
        body: [UInt8] = hold
    ) -> AMQPMessage {
        var headers = headers
        headers["x-death"] = death
        headers["x-delivery-count"] = 0
        return AMQPMessage(
            exchange: "gws.commands.undelivered", routingKey: key,
            properties: Properties(headers: headers, messageID: "c1"), body: body)
    }

    private func death(_ reason: String, count: Int64 = 1, exchange: String = "gws.commands") -> FieldValue {
        [
            [
                "reason": .string(reason), "count": .int64(count), "exchange": .string(exchange),
                "queue": "gws.commands", "time": .timestamp(1), "routing-keys": ["command.5001.Hold"],
                "original-expiration": "50",
            ]
        ]
    }

    private func outcome(_ undelivered: Undelivered) -> CommandOutcome? {
        if case .ended(let outcome) = undelivered.fate { outcome } else { nil }
    }

    private func rerouted(_ undelivered: Undelivered) -> AMQPMessage? {
        if case .reroute(let message) = undelivered.fate { message } else { nil }
    }

    @Test func `what expired in the queue is expired`() {
        let undelivered = undelivered(dead(death("expired")))
        #expect(outcome(undelivered)?.kind == .expired)
        #expect(outcome(undelivered)?.reason == "queue-ttl")
        #expect(undelivered.mayBeDecoded)
        #expect(undelivered.address == Address(agent: "5001", callID: "00RV", operationName: "Hold"))
    }

    @Test func `what was given up is unknown, and known by its key alone`() {
        let undelivered = undelivered(dead(death("delivery_limit"), key: "command.5002.Dial"))
        #expect(outcome(undelivered)?.kind == .unknown)
        #expect(outcome(undelivered)?.reason == "delivery-limit")
        #expect(!undelivered.mayBeDecoded)
        #expect(undelivered.address == Address(agent: "5002", operationName: "Dial"))
    }

    @Test func `what was published straight to the queue and given up has no address`() {
        let undelivered = undelivered(dead(death("delivery_limit", exchange: ""), key: "gws.commands"))
        #expect(undelivered.address == Address())
        #expect(undelivered.original.exchange == "")
        #expect(undelivered.original.routingKey == "gws.commands")
    }

    @Test(arguments: ["rejected", "maxlen", "of-another-broker", ""])
    func `what died otherwise may have been done, and is not read`(reason: String) {
        let undelivered = undelivered(dead(death(reason)))
        #expect(outcome(undelivered)?.kind == .unknown)
        #expect(outcome(undelivered)?.reason == "delivery-limit")
        #expect(!undelivered.mayBeDecoded)
    }

    @Test func `the latest death counts`() {
        let deaths: [FieldValue] = [death("delivery_limit"), death("expired")].compactMap { $0.array?.first }
        let undelivered = undelivered(dead(.array(deaths), headers: ["x-first-death-reason": "expired"]))
        #expect(outcome(undelivered)?.kind == .unknown)
    }

    @Test(
        arguments: [
            .void, "expired", 7, [], ["expired"], [[]], [["reason": 1]], ["reason": "expired"],
            [["reason": .bytes([255])]],
        ] as [FieldValue])
    func `notes that no broker writes do not have it sent`(note: FieldValue) {
        let undelivered = undelivered(dead(note))
        #expect(outcome(undelivered)?.kind == .unknown)
        #expect(!undelivered.mayBeDecoded)
        #expect(undelivered.original.exchange == "gws.commands")
    }

    @Test func `the reason stands beside where the list is missing`() {
        var message = dead(.void, headers: ["x-first-death-reason": "expired"])
        message.properties.headers["x-death"] = nil
        #expect(outcome(undelivered(message))?.kind == .expired)
    }

    @Test func `the original is what the producer published`() {
        let original = undelivered(dead(death("expired"))).original
        #expect(original.exchange == "gws.commands")
        #expect(original.routingKey == "command.5001.Hold")
        #expect(original.properties.expiration == "50")
        #expect(original.properties.headers["x-delivery-count"] == nil)
        #expect(original.properties.headers["x-death"] != nil)
    }

    @Test func `the expiration of a former life is not this one's`() {
        #expect(undelivered(dead(death("expired", count: 2))).original.properties.expiration == nil)
    }

    @Test func `an exchange that stood in the notes before is not believed`() {
        let forged = dead(death("expired", count: 2, exchange: "gws.events"))
        #expect(undelivered(forged).original.exchange == "gws.commands")
    }

    @Test func `an endless exchange is not taken over`() {
        let long = String(repeating: "x", count: 100_000)
        #expect(undelivered(dead(death("expired", exchange: long))).original.exchange == "gws.commands")
    }

    @Test func `of an agent who is not served it is rejected`() {
        let body = Array(#"{"agent":"9","callId":"00RV","operationName":"Hold"}"#.utf8)
        let undelivered = undelivered(unrouted(key: "command.9.Hold", body: body))
        #expect(outcome(undelivered)?.kind == .rejected)
        #expect(outcome(undelivered)?.reason == "agent-unknown")
        #expect(undelivered.address.agent == "9")
        #expect(undelivered.original == unrouted(key: "command.9.Hold", body: body))
    }

    @Test func `what is not understood is rejected for that`() {
        #expect(outcome(undelivered(unrouted(body: [0])))?.reason == "malformed")
    }

    @Test func `of an agent who is served it goes out again under the right key`() {
        let properties = Properties(
            headers: ["mine": 1], priority: 7, replyTo: "r", expiration: "60000", messageID: "c1")
        let message = rerouted(undelivered(unrouted(key: "whatever", properties)))
        #expect(message?.exchange == "gws.commands")
        #expect(message?.routingKey == "command.5001.Hold")
        #expect(message?.isMandatory == true)
        #expect(message?.body == Self.hold)
        var expected = properties
        expected.headers["gws-rerouted"] = true
        expected.deliveryMode = 2
        #expect(message?.properties == expected)
    }

    @Test func `a key is made of encoded names`() {
        let body = Array(#"{"agent":"a.b","callId":"00RV","operationName":"Hold"}"#.utf8)
        let undelivered = Undelivered(
            unrouted(body: body), decoder: CommandDecoder(agents: ["a.b"]), names: .sample)
        #expect(rerouted(undelivered)?.routingKey == "command.a%2Eb.Hold")
    }

    @Test func `nothing is rerouted twice`() {
        let properties = Properties(headers: ["gws-rerouted": false], messageID: "c1")
        #expect(outcome(undelivered(unrouted(properties)))?.reason == "agent-unknown")
    }

    @Test func `the notes of a former life do not count for what was not routed`() {
        let properties = Properties(headers: ["x-death": death("delivery_limit")], messageID: "c1")
        #expect(rerouted(undelivered(unrouted(properties))) != nil)
    }

    @Test func `what was published straight to the undelivered is as if not routed`() {
        var message = unrouted()
        message.exchange = "gws.commands.undelivered"
        #expect(rerouted(undelivered(message)) != nil)
    }

    @Test func `the producer is known by the broker's word only`() {
        var properties = Properties(headers: ["gws-user-id": "root"], messageID: "c1", userID: "crm")
        var message = rerouted(undelivered(unrouted(properties), user: "bridge"))
        #expect(message?.properties.userID == "bridge")
        #expect(message?.properties.headers["gws-user-id"] == "crm")
        properties.userID = nil
        message = rerouted(undelivered(unrouted(properties), user: "bridge"))
        #expect(message?.properties.headers["gws-user-id"] == nil)
    }

    @Test func `whom a bridge names as the producer is believed of the bridge alone`() {
        let headers: FieldTable = ["gws-rerouted": true, "gws-user-id": "crm"]
        #expect(Properties(headers: headers, userID: "bridge").producer(bridge: "bridge") == "crm")
        #expect(Properties(headers: headers, userID: "mallory").producer(bridge: "bridge") == "mallory")
        #expect(Properties(headers: headers).producer(bridge: nil) == nil)
        #expect(
            Properties(headers: ["gws-user-id": "crm"], userID: "bridge").producer(bridge: "bridge")
                == "bridge")
    }

    @Test func `what the producer may not do is not rerouted`() {
        let decoder = CommandDecoder(agents: ["5001"], permissions: Permissions(allowsByDefault: false))
        let undelivered = Undelivered(unrouted(), decoder: decoder, names: .sample)
        #expect(outcome(undelivered)?.reason == "not-permitted")
    }

    @Test func `other keys and hidden ones are not published to again`() {
        let properties = Properties(
            headers: ["CC": ["command.5002.Hold"], "BCC": ["x"]], messageID: "c1")
        let headers = rerouted(undelivered(unrouted(properties)))?.properties.headers
        #expect(headers?["CC"] == nil)
        #expect(headers?["BCC"] == nil)
        #expect(headers?["gws-cc"] == ["command.5002.Hold"])
    }
}
