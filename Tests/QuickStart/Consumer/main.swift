import AMQP
import Foundation
import Logging

/// Prints each event once, though the broker may deliver it twice, until the connection ends.
func follow(_ keys: [String], of exchange: String, by queue: String, on broker: Broker) async throws {
    let logger = Logger(label: "consumer")
    try await AMQPConnection.withConnection(to: broker, name: "consumer", logger: logger) { link in
        _ = try await link.declare(Queue(name: queue, arguments: ["x-queue-type": "quorum"]))
        // Who wants events also wants to know where some may be missing.
        for key in keys + ["session.*.Gap"] {
            try await link.bind(Binding(source: exchange, destination: .queue(queue), routingKey: key))
        }
        let events = try await link.consume(queue, prefetch: 100)
        say("waiting for \(keys.joined(separator: ", "))")
        var seen: [String?] = []  // Of this process; a restart may print an event once more.
        for try await batch in events {
            for delivery in batch {
                let event = delivery.message
                if !seen.contains(event.properties.messageID) {
                    tell(event)
                    seen = seen.suffix(999) + [event.properties.messageID]
                }
                delivery.acknowledge()  // Last: if the process dies before it, the event comes again.
            }
        }
    }
}

func tell(_ event: AMQPMessage) {
    let headers = event.properties.headers
    if event.properties.type == "Gap" {
        say("gap: events may be missing: \(String(decoding: event.body, as: UTF8.self))")
    } else {
        let state = headers["gws-recording-state"]?.string ?? headers["gws-call-state"]?.string ?? ""
        say("\(event.routingKey) \(state) \(event.properties.messageID ?? "")")
    }
}

func say(_ line: String) {
    print(line)
    fflush(nil)  // A pipe would keep it.
}

let arguments = CommandLine.arguments
let broker = try Broker(urls: [ProcessInfo.processInfo.environment["AMQP_URL"] ?? ""])
try await follow(Array(arguments[3...]), of: arguments[1], by: arguments[2], on: broker)
