package import AMQP

/// The messages that tell of an outcome: the reply to who asked, and the one on the outcomes exchange. Both have the
/// same body, and it is made once.
package struct Reply: Sendable {
    package let envelope: Envelope
    package let verdict: Verdict
    package let names: Names
    /// Unix milliseconds.
    package let at: Int64
    private let properties: Properties
    private let body: [UInt8]

    package init(to envelope: Envelope, _ verdict: Verdict, names: Names, at: Int64) {
        self.envelope = envelope
        self.verdict = verdict
        self.names = names
        self.at = at
        properties = Self.properties(envelope, verdict, names, at)
        body = Self.body(envelope, verdict)
    }

    /// Mandatory: that the requester has gone is worth counting.
    ///
    /// - Parameter isDuplicate: the requester sent a command that had been sent before, and gets the first one's
    ///   outcome.
    package func toRequester(isDuplicate: Bool = false) -> AMQPMessage? {
        guard let replyTo = envelope.replyTo, replyTo.utf8.count <= RoutingKey.longest else { return nil }
        var properties = properties
        properties.correlationID = envelope.correlationID
        if isDuplicate { properties.headers["gws-duplicate"] = true }
        return AMQPMessage(
            exchange: "", routingKey: replyTo, isMandatory: true, properties: properties, body: body)
    }

    package func toOutcomes() -> AMQPMessage {
        AMQPMessage(
            exchange: names.outcomes, routingKey: routingKey.text, isMandatory: false, properties: properties,
            body: body)
    }

    package var routingKey: RoutingKey {
        let address = envelope.address
        let what = [address.operationName ?? "-", verdict.outcome.kind.rawValue]
        if let callID = address.callID { return RoutingKey(.call, callID, what) }
        if let deviceID = Self.deviceID(envelope, verdict) {
            return RoutingKey(.device, deviceID, what)
        }
        return RoutingKey(.agent, address.agent ?? "-", what)
    }

    /// As the command says, or as was found out.
    private static func deviceID(_ envelope: Envelope, _ verdict: Verdict) -> String? {
        envelope.address.deviceID ?? verdict.deviceID
    }

    private static func properties(
        _ envelope: Envelope, _ verdict: Verdict, _ names: Names, _ at: Int64
    ) -> Properties {
        let outcome = verdict.outcome.kind.rawValue
        var properties = Properties()
        properties.contentType = "application/json"
        properties.deliveryMode = 2
        properties.type = outcome
        properties.messageID = messageID(envelope.id, outcome)
        properties.timestamp = UInt64(clamping: at / 1000)
        properties.appID = names.application
        var headers: FieldTable = ["gws-contract": 1, "gws-command-id": .string(envelope.id)]
        headers["gws-process"] = names.process.isEmpty ? nil : .string(names.process)
        headers["gws-agent"] = envelope.address.agent.map(FieldValue.string)
        headers["gws-call-id"] = envelope.address.callID.map(FieldValue.string)
        headers["gws-device-id"] = deviceID(envelope, verdict).map(FieldValue.string)
        headers["traceparent"] = .string(envelope.traceparent)
        headers["tracestate"] = envelope.tracestate.map(FieldValue.string)
        properties.headers = headers
        return properties
    }

    /// `<commandId>/<outcome>`; of an id too long for that, its digest.
    private static func messageID(_ id: String, _ outcome: String) -> String {
        let whole = id + "/" + outcome
        return whole.utf8.count <= RoutingKey.longest ? whole : RoutingKey.digest(of: id) + "/" + outcome
    }

    private static func body(_ envelope: Envelope, _ verdict: Verdict) -> [UInt8] {
        var text = JSONText()
        text.add("commandId", envelope.id)
        text.add("agent", envelope.address.agent)
        text.add("callId", envelope.address.callID)
        text.add("deviceId", deviceID(envelope, verdict))
        text.add("operationName", envelope.address.operationName)
        verdict.write(to: &text)
        return text.closed
    }
}
