import AMQP
import Logging
import NIOConcurrencyHelpers
import RawJSON
import TestSupport

/// A microservice: sends commands, and hears every reply, outcome, event and dead letter. Its queues are durable and it
/// comes back after the broker was away, so that what it lacks was not published.
final class Client: Sendable {
    let prefix: String
    let inbox = Inbox()
    let finals = Finals()
    private let broker: Broker
    private let exchanges: [String]
    private let arguments: FieldTable
    private let takes: (@Sendable (Delivery) -> Bool)?
    private let link = NIOLockedValueBox<AMQPConnection?>(nil)

    /// - Parameters:
    ///   - exchanges: What it hears beside its replies.
    ///   - arguments: Of its queues; of a cluster's classic ones a node that was cut off and does not know reaches none.
    ///   - takes: What takes messages in place of the inbox; false for those that it leaves to that.
    init(
        prefix: String, broker: Broker, hearing exchanges: [String] = ["events", "outcomes", "dead-letters"],
        arguments: FieldTable = [:], takes: (@Sendable (Delivery) -> Bool)? = nil
    ) {
        self.prefix = prefix
        self.broker = broker
        self.exchanges = exchanges
        self.arguments = arguments
        self.takes = takes
    }

    private var queue: String { "\(prefix).client" }
    private var replies: String { "\(prefix).client.replies" }

    func run() async throws {
        while !Task.isCancelled {
            do {
                try await AMQPConnection.withConnection(to: broker, name: "client", logger: .silent) {
                    connection in
                    try await listen(on: connection)
                }
            } catch is AMQPError where !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    private func listen(on connection: AMQPConnection) async throws {
        for queue in [queue, replies] {
            _ = try await connection.declare(Queue(name: queue, arguments: arguments))
        }
        for exchange in exchanges {
            try await connection.bind(
                Binding(source: "\(prefix).\(exchange)", destination: .queue(queue), routingKey: "#"))
        }
        let consumers = [
            try await connection.consume(queue, prefetch: 1000),
            try await connection.consume(replies, prefetch: 1000),
        ]
        link.withLockedValue { $0 = connection }
        defer { link.withLockedValue { $0 = nil } }
        try await withThrowingTaskGroup { group in
            for consumer in consumers {
                group.addTask {
                    for try await batch in consumer {
                        for delivery in batch {
                            // Who has waited for it finds it counted.
                            if delivery.message.exchange == "\(self.prefix).outcomes" {
                                self.finals.add(delivery.message)
                            }
                            if self.takes?(delivery) != true { self.inbox.add(delivery.message) }
                            delivery.acknowledge()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    func whenListening() async throws {
        try await eventually(within: .seconds(30), "the client has a link") {
            link.withLockedValue { $0 != nil }
        }
    }

    /// Removes what the stage left on the shared broker.
    func tidyUp() async throws {
        let names =
            (["commands", "commands.undelivered", "dead-letters"] + (0..<8).map { "commands.\($0)" })
            .map { "\(prefix).\($0)" } + [queue, replies]
        try await AMQPConnection.withConnection(to: broker, name: "tidy", logger: .silent) { connection in
            for name in names { _ = try await connection.delete(queue: name) }
        }
    }

    // MARK: - Sending

    struct NotSent: Error {
        let reason: String
    }

    /// Publishes until the broker has confirmed.
    ///
    /// - Returns: the command's id.
    @discardableResult
    func send(
        _ body: [UInt8], key: String = "command.5001.Test", change: (inout Properties) -> Void = { _ in }
    ) async throws -> String {
        let id = uniqueName("command")
        var properties = Properties(correlationID: id, replyTo: replies, messageID: id)
        change(&properties)
        let message = AMQPMessage(
            exchange: "\(prefix).commands", routingKey: key, isMandatory: true, properties: properties,
            body: body)
        while true {
            try await whenListening()
            guard let connection = link.withLockedValue(\.self) else { continue }
            switch await connection.publish(message) {
            case .confirmed: return properties.messageID ?? ""
            case .returned: throw NotSent(reason: "no queue took it")
            case .failed(.invalidMessage(let reason)): throw NotSent(reason: reason)
            case .nacked, .failed: try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    @discardableResult
    func send(
        _ operation: String, agent: String = "5001", call: String,
        change: (inout Properties) -> Void = { _ in }
    ) async throws -> String {
        let body = #"{"agent":"\#(agent)","callId":"\#(call)","operationName":"\#(operation)"}"#
        return try await send(Array(body.utf8), key: "command.\(agent).\(operation)", change: change)
    }

    // MARK: - Hearing

    /// The last word on the command, on `gws.outcomes`.
    func outcome(of id: String, within limit: Duration = .seconds(20)) async throws -> Said {
        let exchange = "\(prefix).outcomes"
        return try await said(within: limit, "the final outcome of \(id)") {
            $0.exchange == exchange && $0.properties.messageID?.hasPrefix("\(id)/") == true
        }
    }

    func reply(to id: String, within limit: Duration = .seconds(10)) async throws -> Said {
        try Said(
            await inbox.first(within: limit, "a reply to \(id)") {
                $0.exchange.isEmpty && $0.properties.correlationID == id
            })
    }

    func replies(to id: String) throws -> [Said] {
        try inbox.messages.filter { $0.exchange.isEmpty && $0.properties.correlationID == id }.map(Said.init)
    }

    func outcomes(of id: String) throws -> [Said] {
        try inbox.messages.filter {
            $0.exchange == "\(prefix).outcomes" && $0.properties.messageID?.hasPrefix("\(id)/") == true
        }.map(Said.init)
    }

    /// The keys that commands were put aside under, by the commands' ids.
    var deadLetters: [String: Set<String>] {
        inbox.messages.filter { $0.exchange == "\(prefix).dead-letters" }.reduce(into: [:]) {
            letters, letter in
            let id = letter.properties.headers["gws-command-id"]?.string ?? ""
            letters[id, default: []].insert(letter.routingKey)
        }
    }

    func deadLetter(
        within limit: Duration = .seconds(10), where isMet: @escaping @Sendable (AMQPMessage) -> Bool
    ) async throws -> AMQPMessage {
        let exchange = "\(prefix).dead-letters"
        return try await inbox.first(within: limit, "a dead letter") { $0.exchange == exchange && isMet($0) }
    }

    func event(
        within limit: Duration = .seconds(10), _ what: String,
        where isMet: @escaping @Sendable (AMQPMessage) -> Bool
    ) async throws -> AMQPMessage {
        let exchange = "\(prefix).events"
        return try await inbox.first(within: limit, what) { $0.exchange == exchange && isMet($0) }
    }

    /// All events so far, in the order of arrival.
    var events: [AMQPMessage] { inbox.messages.filter { $0.exchange == "\(prefix).events" } }
}

/// A reply or an outcome, read.
struct Said: Sendable {
    let message: AMQPMessage
    let json: RawJSON

    init(_ message: AMQPMessage) throws {
        self.message = message
        json = try RawJSON(message.body)
    }

    var outcome: String? { json["outcome"]?.string }
    var reason: String? { json["reason"]?.string }
    var field: String? { json["field"]?.string }
}
