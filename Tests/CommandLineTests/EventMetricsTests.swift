import AMQP
import GWS
import Testing

@testable import Bridge
@testable import gws_bridge

struct EventMetricsTests {
    private let factory = PrometheusFactory()
    private let metrics: BridgeMetrics

    init() { metrics = BridgeMetrics(factory) }

    private func value(_ name: String, _ labels: [String: String] = [:]) throws -> Double? {
        try Exposition(factory.text)["gws_bridge_" + name, labels]
    }

    @Test func `an event counts by its channel, its type and where it comes from`() throws {
        metrics.events.took(
            [
                .sample(channel: "/v2/me/calls", type: "StatusChange"),
                .sample(channel: "/v2/me/calls", type: "StatusChange"),
                .sample(channel: "/v2/me/calls", type: "StatusChange", origin: "resync"),
            ], at: 0)
        func count(_ origin: String) throws -> Double? {
            try value(
                "events_total", ["channel": "/v2/me/calls", "type": "StatusChange", "origin": origin])
        }
        #expect(try count("live") == 2)
        #expect(try count("resync") == 1)
    }

    @Test func `names that nobody knows count together`() throws {
        for number in 0..<3 {
            metrics.events.took(
                [.sample(channel: "/v9/\(number)", type: "T\(number)", origin: "o\(number)")], at: 0)
        }
        #expect(try value("events_total", ["channel": "-", "type": "-", "origin": "-"]) == 3)
        #expect(try Exposition(factory.text).families["gws_bridge_events_total"]?.samples.count == 1)
    }

    @Test func `what the bridge says of a session has no channel`() throws {
        metrics.events.took([.sample(channel: nil, type: "Gap")], at: 0)
        #expect(try value("events_total", ["channel": "-", "type": "Gap", "origin": "live"]) == 1)
    }

    @Test func `an event's latency is from its arrival until it was safe`() throws {
        metrics.events.took([.sample(at: 1000), .sample(at: 1200)], at: 1300)
        #expect(try value("event_latency_seconds_count") == 2)
        #expect(try value("event_latency_seconds_sum") == 0.4)
    }

    @Test(arguments: [(nil, "live"), ("/v2/me/calls", "resync")])
    func `what GWS did not send has no latency`(channel: String?, origin: String) throws {
        metrics.events.took([.sample(channel: channel, origin: origin)], at: 5000)
        #expect(try value("event_latency_seconds_count") == 0)
    }

    @Test func `the delay is what passed since GWS's time stamp`() throws {
        metrics.events.took([.sample(at: 1000, generatedAt: 750)], at: 1300)
        #expect(try value("event_delay_seconds_sum") == 0.25)
    }

    @Test func `a time stamp of GWS's that lies ahead tells nothing`() throws {
        metrics.events.took([.sample(at: 1000, generatedAt: 1001)], at: 1300)
        #expect(try value("event_delay_seconds_count") == 0)
    }

    @Test func `a gap counts by its reason`() throws {
        metrics.events.gap(.pollLost)
        #expect(try value("gaps_total", ["reason": "poll-lost"]) == 1)
    }

    @Test func `sessions count by their state`() throws {
        metrics.events.show(
            [.sample(.polling), .sample(.polling), .sample(.failed("HTTP 500")), .sample(.idle)], at: .now)
        #expect(try value("sessions", ["state": "polling"]) == 2)
        #expect(try value("sessions", ["state": "failed"]) == 1)
        #expect(try value("sessions", ["state": "renewing"]) == 0)
    }

    @Test func `the poll age is that of the agent who has waited the longest`() throws {
        let now = ContinuousClock.now
        metrics.events.show(
            [.sample(polled: now - .seconds(3)), .sample(polled: now - .seconds(40)), .sample()], at: now)
        #expect(try value("poll_age_seconds") == 40)
    }

    @Test func `the spool's age is that of its oldest event`() throws {
        metrics.events.showSpool(events: 2, bytes: 700, oldestAt: 1000, at: 3500)
        #expect(try value("spool_events") == 2)
        #expect(try value("spool_bytes") == 700)
        #expect(try value("spool_age_seconds") == 2.5)
        metrics.events.showSpool(events: 0, bytes: 0, oldestAt: nil, at: 3500)
        #expect(try value("spool_age_seconds") == 0)
    }

    @Test(arguments: [
        ("call.1.StatusChange", "call"), ("device.1.M", "device"), ("agent.5001.-", "agent"),
        ("session.5001.Gap", "session"), ("rejected.agent-unknown", "-"), ("", "-"),
    ])
    func `what nobody listens to counts by what it is about`(key: String, kind: String) throws {
        metrics.returned(AMQPMessage(exchange: "gws.events", routingKey: key, body: []))
        #expect(try value("unroutable_total", ["exchange": "gws.events", "kind": kind]) == 1)
    }

    @Test func `a connection counts that takes the place of another`() throws {
        metrics.links.connected(.publishing)
        metrics.links.connected(.consuming)
        #expect(try value("amqp_reconnects_total") == 0)
        metrics.links.connected(.publishing)
        #expect(try value("amqp_reconnects_total") == 1)
    }

    @Test func `without a connection nothing is unconfirmed or blocked`() throws {
        metrics.links.show(nil)
        #expect(try value("amqp_unconfirmed") == 0)
        #expect(try value("amqp_blocked") == 0)
    }
}

extension SpooledEvent {
    static func sample(
        at: Int64 = 0, channel: String? = "/v2/me/calls", type: String = "StatusChange",
        origin: String = "live",
        generatedAt: Int64? = nil
    ) -> SpooledEvent {
        var properties = Properties()
        properties.type = type
        properties.headers["gws-channel"] = channel.map(FieldValue.string)
        properties.headers["gws-origin"] = .string(origin)
        properties.headers["gws-generated-at"] = generatedAt.map(FieldValue.int64)
        return SpooledEvent(
            agent: "5001", place: Continuity.Place(epoch: "e", sequence: 1, callSequence: nil), at: at,
            message: AMQPMessage(exchange: "gws.events", routingKey: "k", properties: properties, body: []))
    }
}

extension SessionStatus {
    fileprivate static func sample(_ phase: Phase = .polling, polled: ContinuousClock.Instant? = nil) -> Self
    {
        SessionStatus(phase: phase, lastPollAnswered: polled)
    }
}
