import AMQP
import Foundation
import Logging

/// Publishes a command, and returns its final outcome, or why there is none.
func outcome(of command: AMQPMessage, on broker: Broker) async throws -> String {
    let logger = Logger(label: "producer")
    return try await AMQPConnection.withConnection(to: broker, name: "producer", logger: logger) { link in
        // First: the broker refuses a message that asks for replies which nobody could get.
        let replies = try await link.consume("amq.rabbitmq.reply-to", prefetch: 0, acknowledges: false)
        switch await link.publish(command) {
        case .confirmed: break
        case .returned(_, let text): return "returned: no queue takes it (\(text))"
        case .nacked: return "refused by the broker: send it again"
        case .failed(let error): throw error
        }
        for try await batch in replies {
            for reply in batch.map(\.message)
            where reply.properties.correlationID == command.properties.correlationID {
                return "\(reply.properties.type ?? "") \(String(decoding: reply.body, as: UTF8.self))"
            }
        }
        throw CancellationError()
    }
}

let (exchange, agent, call) = (CommandLine.arguments[1], CommandLine.arguments[2], CommandLine.arguments[3])
let broker = try Broker(urls: [ProcessInfo.processInfo.environment["AMQP_URL"] ?? ""])
let id = UUID().uuidString
let deadline = Int64(Date.now.timeIntervalSince1970 * 1000) + 20_000  // From then on it is not sent to GWS.
let operation = ["agent": agent, "callId": call, "operationName": "StartCallRecording"]
let command = AMQPMessage(
    exchange: exchange, routingKey: "command.\(agent).StartCallRecording", isMandatory: true,
    properties: Properties(
        contentType: "application/json", headers: ["gws-deadline": .int64(deadline)], deliveryMode: 2,
        correlationID: id, replyTo: "amq.rabbitmq.reply-to", messageID: id),
    body: Array(try JSONEncoder().encode(operation)))
try await withThrowingTaskGroup(of: String.self) { group in
    group.addTask { [broker, command] in try await outcome(of: command, on: broker) }
    group.addTask {
        try await Task.sleep(for: .seconds(30))
        return "no outcome in time: it is safe to send the same message again"
    }
    print(try await group.next() ?? "")
    group.cancelAll()
}
