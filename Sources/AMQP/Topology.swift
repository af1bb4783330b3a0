/// An exchange to declare.
public struct Exchange: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case direct, topic, fanout, headers
        /// One of a plugin, such as `x-consistent-hash`.
        case other(String)

        package var name: String {
            switch self {
            case .direct: "direct"
            case .topic: "topic"
            case .fanout: "fanout"
            case .headers: "headers"
            case .other(let name): name
            }
        }
    }

    public var name: String
    public var kind: Kind
    public var durable: Bool
    public var autoDelete: Bool
    public var `internal`: Bool
    public var arguments: FieldTable

    public init(
        name: String,
        kind: Kind,
        durable: Bool = true,
        autoDelete: Bool = false,
        internal: Bool = false,
        arguments: FieldTable = [:]
    ) {
        self.name = name
        self.kind = kind
        self.durable = durable
        self.autoDelete = autoDelete
        self.internal = `internal`
        self.arguments = arguments
    }
}

/// A queue to declare.
public struct Queue: Sendable, Hashable {
    /// "" lets the broker choose a name; `QueueStatus` says which.
    public var name: String
    public var durable: Bool
    public var exclusive: Bool
    public var autoDelete: Bool
    public var arguments: FieldTable

    public init(
        name: String,
        durable: Bool = true,
        exclusive: Bool = false,
        autoDelete: Bool = false,
        arguments: FieldTable = [:]
    ) {
        self.name = name
        self.durable = durable
        self.exclusive = exclusive
        self.autoDelete = autoDelete
        self.arguments = arguments
    }
}

/// What the broker said of a queue when it was declared.
public struct QueueStatus: Sendable, Hashable {
    public let name: String
    public let messages: Int
    public let consumers: Int
}

/// The way from an exchange to a queue, or to another exchange.
public struct Binding: Sendable, Hashable {
    public enum Destination: Sendable, Hashable {
        case queue(String)
        case exchange(String)
    }

    public var source: String
    public var destination: Destination
    public var routingKey: String
    public var arguments: FieldTable

    public init(
        source: String,
        destination: Destination,
        routingKey: String = "",
        arguments: FieldTable = [:]
    ) {
        self.source = source
        self.destination = destination
        self.routingKey = routingKey
        self.arguments = arguments
    }
}
