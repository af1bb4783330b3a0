/// A message as it is published, and as it arrives.
public struct AMQPMessage: Sendable, Hashable {
    /// "" is the default exchange, which routes to the queue named by the routing key.
    public var exchange: String
    public var routingKey: String
    /// Whether the broker gives the message back where no queue takes it (`PublishResult.returned`).
    public var isMandatory: Bool
    public var properties: Properties
    public var body: [UInt8]

    public init(
        exchange: String,
        routingKey: String,
        isMandatory: Bool = false,
        properties: Properties = Properties(),
        body: [UInt8]
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.isMandatory = isMandatory
        self.properties = properties
        self.body = body
    }
}

/// What became of a published message.
public enum PublishResult: Sendable, Hashable {
    /// The broker has taken responsibility for it.
    case confirmed
    /// No queue took it: it was mandatory, came back, and was confirmed as dealt with.
    case returned(code: Int, text: String)
    /// The broker could not take responsibility; it may be published again.
    case nacked
    /// Not known to have arrived, unless the error is `invalidMessage`: then it was never sent.
    case failed(AMQPError)
}
