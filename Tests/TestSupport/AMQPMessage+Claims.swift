public import AMQP

extension AMQPMessage {
    /// What the bridge's AsyncAPI document says that the message is: the schemas of headers and body, and the JSON that
    /// must be as they say.
    ///
    /// - Parameter prefix: Of the bridge's exchanges.
    public func claims(prefix: String) throws -> [(pointer: String, text: [UInt8])] {
        let headers = try properties.headers.json
        guard let name = name(prefix: prefix) else { return [] }
        let pointer = "/components/messages/\(name)"
        // The body of a dead letter is whatever somebody sent.
        return name == "DeadLetter"
            ? [("\(pointer)/headers", headers)]
            : [("\(pointer)/headers", headers), ("\(pointer)/payload", body)]
    }

    private func name(prefix: String) -> String? {
        switch exchange {
        case "": "Reply"
        case "\(prefix).outcomes": "Outcome"
        case "\(prefix).dead-letters": "DeadLetter"
        case "\(prefix).events":
            switch routingKey.split(separator: ".").first {
            case "call": "CallEvent"
            case "device": "DeviceEvent"
            case "agent": "AgentEvent"
            case "session": "Session\(properties.type ?? "")"
            default: nil
            }
        default: nil
        }
    }
}
