import AMQP
import Foundation
import GWSSimulator
import TestSupport
import Testing

@testable import gws_bridge

/// What `check` finds on a real broker, a mistake each.
@Suite struct BrokerMisconfigurationTests {
    @Test func `a second address that would be of no use`() async throws {
        try await withSite { site in
            let first = site.broker.url
            let spare = "amqp://guest:wrong@127.0.0.1:\(site.broker.port)"
            #expect(try await site.check(["AMQP_URL": "\(first),\(first)/%2F"]).bad.isEmpty)
            let checked = try await site.check(["AMQP_URL": "\(first),\(spare)"])
            checked.expect("broker", .warning, remedy: "password in amqp.url")
        }
    }

    @Test func `a virtual host that is not there`() async throws {
        try await withSite { site in
            let checked = try await site.check(["AMQP_URL": site.broker.url + "/nowhere"])
            checked.expect("broker", .failure, remedy: "virtual host in amqp.url")
        }
    }

    @Test func `a wrong password of the broker`() async throws {
        try await withSite { site in
            let checked = try await site.check([
                "AMQP_URL": "amqp://guest:wrong@127.0.0.1:\(site.broker.port)"
            ])
            checked.expect("broker", .failure, remedy: "password in amqp.url")
        }
    }

    @Test func `a delivery limit of -1 where it loses commands`() async throws {
        try await withSite { site in
            try await site.declareTopology { queue in
                if queue.name.hasSuffix(".commands") { queue.arguments["x-delivery-limit"] = -1 }
            }
            let checked = try await site.check(["AMQP_TOPOLOGY": "check"])
            checked.expect("queue \(site.prefix).commands", .failure, remedy: "positive x-delivery-limit")
            #expect(checked.bad.map(\.name) == ["queue \(site.prefix).commands"])
        }
    }

    @Test func `a command queue that dead-letters to nowhere`() async throws {
        try await withSite { site in
            try await site.declareTopology { queue in
                guard queue.name.hasSuffix(".commands") else { return }
                for name in ["exchange", "strategy"] { queue.arguments["x-dead-letter-\(name)"] = nil }
            }
            let checked = try await site.check(["AMQP_TOPOLOGY": "check"])
            checked.expect("queue \(site.prefix).commands", .failure, remedy: "x-dead-letter-exchange")
        }
    }

    @Test func `a command queue that two bridges would share`() async throws {
        try await withSite { site in
            try await site.declareTopology { queue in
                if queue.name.hasSuffix(".commands") { queue.arguments["x-single-active-consumer"] = nil }
            }
            let checked = try await site.check(["AMQP_TOPOLOGY": "check"])
            checked.expect("queue \(site.prefix).commands", .failure, remedy: "x-single-active-consumer")
        }
    }

    @Test func `no dead letter queue where others declare`() async throws {
        try await withSite { site in
            try await site.declareTopology()
            try await withLink(to: site.broker) { try await $0.delete(queue: "\(site.prefix).dead-letters") }
            let checked = try await site.check(["AMQP_TOPOLOGY": "check"])
            checked.expect("queue \(site.prefix).dead-letters", .failure, remedy: "amqp.topology")
        }
    }

    @Test func `nothing to consume where the bridge leaves all alone`() async throws {
        try await withSite { site in
            let checked = try await site.check(["AMQP_TOPOLOGY": "none"])
            checked.expect("queue \(site.prefix).commands", .failure, remedy: "amqp.topology")
            checked.expect("queue \(site.prefix).dead-letters", .warning, remedy: "amqp.topology")
        }
    }

    @Test func `a user who may not declare, on a broker without anything`() async throws {
        try await withSite { site in
            let checked = try await site.check(["AMQP_URL": try await site.url(configure: "^$")])
            checked.expect(
                "permission to declare", .failure, remedy: "configure", "\(site.prefix).*", "amqp.topology")
        }
    }

    @Test func `a user who may not publish`() async throws {
        try await withSite { site in
            try await site.declareTopology()
            let prefix = site.prefix
            let url = try await site.url(write: "^\(prefix)\\.(events|commands|dead-letters).*$")
            let checked = try await site.check(["AMQP_URL": url, "AMQP_TOPOLOGY": "check"])
            checked.expect(
                "permission to publish", .failure,
                remedy: "write permission on \(prefix).outcomes, amq.default")
            #expect(checked.bad.map(\.name) == ["permission to publish"])
        }
    }

    @Test func `a user whose topic permissions leave some events out`() async throws {
        try await withSite { site in
            let url = try await site.url()
            let user = url.dropFirst("amqp://".count).prefix { $0 != ":" }
            try await site.declareTopology()
            try await site.broker.control(
                "set_topic_permissions", String(user), "\(site.prefix).events", "^call\\.", ".*")
            let checked = try await site.check(["AMQP_URL": url])
            checked.expect(
                "permission to publish", .failure, remedy: "topic permissions", "\(site.prefix).events")
        }
    }

    @Test func `a user who may not consume`() async throws {
        try await withSite { site in
            try await site.declareTopology()
            let checked = try await site.check([
                "AMQP_URL": try await site.url(read: "undelivered$"), "AMQP_TOPOLOGY": "check",
            ])
            checked.expect(
                "permission to consume", .failure, remedy: "read permission on \(site.prefix).commands.")
            checked.expect("permission for the canary", .warning, remedy: "\(site.prefix).canary.*")
        }
    }

    @Test func `frames and heartbeats that the broker makes too small`() async throws {
        let broker = try await PrivateBroker.start(configuration: "frame_max = 16384\nheartbeat = 2\n")
        try await withSite(broker: broker) { site in
            let checked = try await site.check()
            checked.expect("broker frames", .warning, remedy: "frame_max")
            checked.expect("broker heartbeat", .warning, remedy: "amqp.heartbeat", "rabbitmq.conf")
        }
    }

    @Test func `nothing is changed by looking`() async throws {
        try await withSite { site in
            try await site.declareTopology()
            try await withLink(to: site.broker) { link in
                for queue in Self.queues {
                    let message = AMQPMessage(exchange: "", routingKey: "\(site.prefix).\(queue)", body: [1])
                    #expect(await link.publish(message) == .confirmed)
                }
            }
            let before = try await state(site)
            for topology in ["declare", "check", "none"] {
                let checked = try await site.check(["AMQP_TOPOLOGY": topology])
                #expect(
                    checked.bad.map(\.name) == ["queue \(site.prefix).dead-letters"],
                    "\(checked.bad.map(\.shown))")
            }
            #expect(try await state(site) == before)
            try await withLink(to: site.broker) { link in
                for queue in Self.queues {
                    let consumer = try await link.consume("\(site.prefix).\(queue)", prefetch: 10)
                    let first = try await within(.seconds(20), "the message of \(queue)") {
                        try await consumer.first { _ in true } ?? []
                    }
                    #expect(first.map(\.message.body) == [[1]])
                    #expect(first.allSatisfy { !$0.isRedelivered })
                }
            }
        }
    }

    private static let queues = ["commands", "commands.undelivered", "dead-letters"]

    @Test(arguments: ["declare", "check", "none"])
    func `nothing is made where there is nothing`(topology: String) async throws {
        try await withSite { site in
            _ = try await site.check(["AMQP_TOPOLOGY": topology])
            #expect(try await state(site).isEmpty)
        }
    }

    /// Of queues, exchanges and bindings all that are the site's.
    private func state(_ site: Site) async throws -> String {
        let lists = [
            try await site.broker.control("list_queues", "name", "arguments"),
            try await site.broker.control("list_exchanges", "name", "arguments"),
            try await site.broker.control("list_bindings"),
        ]
        return lists.joined(separator: "\n").split(separator: "\n")
            .filter { $0.contains("\(site.prefix).") }.sorted().joined(separator: "\n")
    }
}
