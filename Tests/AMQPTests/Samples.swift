import AMQP
import Logging
import TestSupport

/// A connection to the shared broker.
func withConnection<Result>(
    to broker: Broker? = nil,
    name: String = "test",
    window: Int = 512,
    _ body: (AMQPConnection) async throws -> Result
) async throws -> Result {
    var target = broker
    if target == nil { target = try await PrivateBroker.shared.broker() }
    return try await AMQPConnection.withConnection(
        to: target!, name: name, window: window, logger: .silent, body)
}

extension AMQPConnection {
    /// A queue that goes with the connection.
    func temporaryQueue(_ prefix: String = "queue", arguments: FieldTable = [:]) async throws(AMQPError)
        -> String
    {
        let queue = Queue(name: uniqueName(prefix), durable: false, exclusive: true, arguments: arguments)
        return try await declare(queue).name
    }

    /// What `get` finds, acknowledged.
    func take(_ queue: String) async throws -> AMQPMessage? {
        let delivery = try await get(queue)
        delivery?.acknowledge()
        return delivery?.message
    }
}

extension AMQPMessage {
    /// To a queue, through the default exchange.
    static func to(
        _ queue: String, _ body: String = "body", mandatory: Bool = false,
        properties: Properties = Properties()
    ) -> AMQPMessage {
        AMQPMessage(
            exchange: "", routingKey: queue, isMandatory: mandatory, properties: properties,
            body: Array(body.utf8))
    }

    static func to(_ queue: String, size: Int) -> AMQPMessage {
        AMQPMessage(exchange: "", routingKey: queue, body: [UInt8](repeating: 7, count: size))
    }

    var text: String { String(decoding: body, as: UTF8.self) }
}

extension Consumer {
    /// The next `count` deliveries, within a time that is long for a test.
    func first(_ count: Int, within limit: Duration = .seconds(20)) async throws -> [Delivery] {
        try await TestSupport.within(limit, "\(count) deliveries") {
            var deliveries: [Delivery] = []
            for try await batch in self {
                deliveries += batch
                if deliveries.count >= count { break }
            }
            return deliveries
        }
    }
}

/// The error that `body` throws, if it is the connection's.
func amqpError(_ body: () async throws -> Void) async throws -> AMQPError? {
    do {
        try await body()
        return nil
    } catch let error as AMQPError {
        return error
    }
}
