internal import Crypto

/// Which of the command queues an agent's commands go to, and which process should consume it.
///
/// Both are the same in every process and in every version: an agent whose commands went to two queues could have one
/// done twice.
package struct Shards: Sendable, Hashable {
    package let count: Int

    /// - Parameter count: positive.
    package init(_ count: Int) {
        precondition(count > 0, "there is a shard at least")
        self.count = count
    }

    /// The first eight bytes of the SHA-256 of the name's UTF-8, as a number whose first byte is the highest, modulo the
    /// number of shards.
    package func shard(of agent: String) -> Int {
        Int(Self.hash(agent) % UInt64(count))
    }

    package var all: Range<Int> { 0..<count }

    /// The priority of a process's consumer on a shard (rendezvous hashing): whoever has the highest should have it, and
    /// a process that comes or goes moves none but those that it has. Nil with one shard: there is nothing to spread,
    /// and a spare that is better must not take over for that.
    ///
    /// RabbitMQ heeds it together with a single active consumer since 4.0.
    package func priority(of process: String, on shard: Int) -> Int32? {
        count == 1 ? nil : Int32(truncatingIfNeeded: Self.hash("\(process)/\(shard)") >> 33)
    }

    /// All of them, those first that the process has the highest priorities for: brokers that do not heed these give a
    /// shard to who comes first, and processes that begin together share them so.
    package func preferred(by process: String) -> [Int] {
        all.map { (shard: $0, priority: priority(of: process, on: $0) ?? 0) }
            .sorted { ($1.priority, $0.shard) < ($0.priority, $1.shard) }
            .map(\.shard)
    }

    private static func hash(_ text: String) -> UInt64 {
        SHA256.hash(data: Array(text.utf8)).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
