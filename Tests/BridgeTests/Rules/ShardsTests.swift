import Bridge
import Testing

struct ShardsTests {
    /// Made with another program: `int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % shards`.
    @Test(arguments: [
        ("5001", [0, 2, 2, 242]), ("5002", [0, 0, 4, 980]), ("anna@example", [0, 0, 12, 28]),
        ("Ünïcode", [0, 1, 9, 825]), ("", [0, 0, 4, 652]),
    ])
    func `an agent's shard is the same everywhere and for ever`(agent: String, expected: [Int]) {
        #expect([1, 4, 16, 1000].map { Shards($0).shard(of: agent) } == expected)
    }

    @Test func `agents are spread evenly`() {
        let shards = Shards(8)
        let counts = (0..<8000).reduce(into: Array(repeating: 0, count: 8)) {
            $0[shards.shard(of: "agent-\($1)")] += 1
        }
        #expect(counts.allSatisfy { (850...1150).contains($0) })
    }

    @Test func `with one shard no process is better than another`() {
        #expect(Shards(1).priority(of: "a", on: 0) == nil)
    }

    private func owners(_ processes: [String]) -> [String?] {
        let shards = Shards(64)
        return shards.all.map { shard in
            processes.max {
                shards.priority(of: $0, on: shard) ?? 0 < shards.priority(of: $1, on: shard) ?? 0
            }
        }
    }

    @Test func `each process is the best of about as many shards, and one that comes moves only its own`() {
        let before = owners(["a", "b", "c"])
        let after = owners(["a", "b", "c", "d"])
        for process in ["a", "b", "c"] { #expect((10...35).contains(before.count { $0 == process })) }
        #expect((6...30).contains(after.count { $0 == "d" }))
        for (old, new) in zip(before, after) where new != "d" { #expect(old == new) }
    }

    @Test func `a process begins with the shards that it is the best of`() {
        let shards = Shards(64)
        let order = shards.preferred(by: "a")
        #expect(order.sorted() == Array(shards.all))
        let priorities = order.map { shards.priority(of: "a", on: $0) ?? -1 }
        #expect(priorities == priorities.sorted(by: >))
        #expect(order != shards.preferred(by: "b"))
        #expect(Shards(1).preferred(by: "a") == [0])
    }

    @Test func `priorities are what a broker takes for one`() {
        let shards = Shards(100)
        #expect(shards.all.allSatisfy { shards.priority(of: "process", on: $0) ?? -1 >= 0 })
    }
}
