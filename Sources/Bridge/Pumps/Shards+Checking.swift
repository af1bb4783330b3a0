package import AMQP
package import Logging

extension Shards {
    /// Sees whether the broker has the queues of as many shards: an agent's commands would go to two queues otherwise, and
    /// some be done twice.
    ///
    /// - Throws: ``BridgeFailure`` where it has others; `AMQPError`.
    package func check(on broker: Broker, _ names: Names, _ logger: Logger) async throws {
        /// To ask for a queue that is not there costs the connection.
        func has(_ queue: String) async throws -> Bool {
            do {
                try await AMQPConnection.withConnection(to: broker, name: "shards", logger: logger) {
                    _ = try await $0.declare(Queue(name: queue), passively: true)
                }
                return true
            } catch AMQPError.channelClosed(404, _, _) {
                return false
            }
        }
        func numbered(_ shard: Int) -> String { "\(names.commands).\(shard)" }
        if count == 1 {
            if try await has(numbered(0)) { throw failure("\(numbered(0)) is there, of more than one shard") }
            return
        }
        if try await has(names.commands) { throw failure("\(names.commands) is there, of one shard") }
        if try await has(numbered(count)) {
            throw failure("\(numbered(count)) is there, of more than \(count) shards")
        }
        if try await has(numbered(0)), try await !has(numbered(count - 1)) {
            throw failure("\(numbered(count - 1)) is missing, of \(count) shards")
        }
    }

    private func failure(_ what: String) -> BridgeFailure {
        BridgeFailure(
            exitCode: 78,
            "commands.shards is \(count), and the queue \(what). It is the same for all processes. To change it, stop "
                + "them all, let what the queues hold be done or expire, delete the queues of commands, and start anew."
        )
    }
}
