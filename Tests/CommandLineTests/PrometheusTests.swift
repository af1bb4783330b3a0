import AMQP
import Metrics
import Testing

@testable import Bridge
@testable import gws_bridge

struct PrometheusTests {
    private let factory = PrometheusFactory(help: ["made": "What was made.\nAnd \\ how."])

    private var exposition: Exposition { get throws { try Exposition(factory.text) } }

    @Test func `nothing counted is nothing told`() {
        #expect(factory.text.isEmpty)
    }

    @Test func `a counter counts, with its help and its type`() throws {
        let counter = Counter(label: "made", dimensions: [("by", "hand")], factory: factory)
        counter.increment()
        counter.increment(by: 2)
        #expect(
            factory.text == """
                # HELP made What was made.\\nAnd \\\\ how.
                # TYPE made counter
                made{by="hand"} 3

                """)
    }

    @Test func `a counter never falls`() throws {
        let counter = Counter(label: "made", factory: factory)
        counter.increment(by: 3)
        counter.increment(by: -1)
        #expect(try exposition["made", [:]] == 3)
    }

    @Test func `a counter of fractions counts them`() throws {
        FloatingPointCounter(label: "made", factory: factory).increment(by: 0.25)
        #expect(try exposition["made", [:]] == 0.25)
    }

    @Test func `a meter stands where it was set`() throws {
        let meter = Meter(label: "level", factory: factory)
        meter.set(5)
        meter.increment(by: 2.5)
        meter.decrement()
        #expect(try exposition["level", [:]] == 6.5)
        #expect(try exposition.families["level"]?.kind == "gauge")
    }

    @Test(arguments: [
        (Double.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (1e-7, "1e-07"), (-2, "-2"),
    ])
    func `numbers are written as Prometheus reads them`(value: Double, text: String) {
        Gauge(label: "level", factory: factory).record(value)
        #expect(factory.text.hasSuffix("level \(text)\n"))
    }

    @Test func `a time falls into its bucket, in seconds`() throws {
        let timer = Metrics.Timer(label: "took_seconds", dimensions: [("what", "it")], factory: factory)
        timer.recordMilliseconds(3)
        timer.recordSeconds(100)
        let exposition = try exposition
        #expect(exposition.families["took_seconds"]?.kind == "histogram")
        #expect(exposition["took_seconds_bucket", ["what": "it", "le": "0.0025"]] == 0)
        #expect(exposition["took_seconds_bucket", ["what": "it", "le": "0.005"]] == 1)
        #expect(exposition["took_seconds_bucket", ["what": "it", "le": "60"]] == 1)
        #expect(exposition["took_seconds_bucket", ["what": "it", "le": "+Inf"]] == 2)
        #expect(exposition["took_seconds_sum", ["what": "it"]] == 100.003)
        #expect(exposition["took_seconds_count", ["what": "it"]] == 2)
    }

    @Test func `a bound belongs to its bucket`() throws {
        Metrics.Timer(label: "took_seconds", factory: factory).recordMilliseconds(5)
        #expect(try exposition["took_seconds_bucket", ["le": "0.005"]] == 1)
    }

    @Test(arguments: ["\"", "\\", "\n", "a\"b\\c\nd", "\r\n", "", "{le=\"1\"}", "Wählton ☎", "\\n"])
    func `any label comes through`(value: String) throws {
        Counter(label: "made", dimensions: [("by", value)], factory: factory).increment()
        #expect(try exposition["made", ["by": value]] == 1)
    }

    @Test func `names have what names may have`() throws {
        Counter(label: "1.made-hier/ä", dimensions: [("a:b", "c"), ("2", "d")], factory: factory).increment()
        #expect(try exposition["_1_made_hier__", ["a_b": "c", "_2": "d"]] == 1)
    }

    @Test func `the same labels are the same series, in whatever order`() throws {
        Counter(label: "made", dimensions: [("a", "1"), ("b", "2")], factory: factory).increment()
        Counter(label: "made", dimensions: [("b", "2"), ("a", "1")], factory: factory).increment()
        #expect(try exposition["made", ["a": "1", "b": "2"]] == 2)
    }

    @Test func `a name of another kind is not told`() throws {
        Counter(label: "made", factory: factory).increment()
        Meter(label: "made", factory: factory).set(7)
        #expect(try exposition["made", [:]] == 1)
    }

    @Test func `labels without end are counted together`() throws {
        for number in 0..<1500 {
            Counter(label: "made", dimensions: [("by", "\(number)")], factory: factory).increment()
        }
        let exposition = try exposition
        #expect(exposition.families["made"]?.samples.count == 1001)
        #expect(exposition["made", ["by": "other"]] == 500)
    }

    @Test func `what is destroyed is not told any more`() throws {
        Counter(label: "made", factory: factory).destroy()
        #expect(try exposition.families["made"]?.samples.isEmpty == true)
    }

    @Test func `many may count at once`() async throws {
        let counter = Counter(label: "made", factory: factory)
        let timer = Metrics.Timer(label: "took_seconds", factory: factory)
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.increment()
                        timer.recordNanoseconds(1)
                    }
                }
            }
        }
        #expect(try exposition["made", [:]] == 8000)
        #expect(try exposition["took_seconds_count", [:]] == 8000)
    }

    @Test func `the bridge's metrics are told before anything has happened`() throws {
        _ = BridgeMetrics(factory)
        #expect(try exposition["gws_bridge_commands_in_flight", [:]] == 0)
        #expect(try exposition["gws_bridge_command_final_seconds_count", [:]] == 0)
    }

    @Test func `operations that nobody knows count together`() throws {
        let metrics = BridgeMetrics(factory)
        metrics.ended("Hold", as: .confirmed)
        metrics.ended("00RV9H7S6O8V3BSHAG7GK2LAES00002M", as: .rejected)
        metrics.ended(nil, as: .rejected)
        let name = "gws_bridge_commands_total"
        #expect(try exposition[name, ["operation": "Hold", "outcome": "confirmed"]] == 1)
        #expect(try exposition[name, ["operation": "-", "outcome": "rejected"]] == 2)
        #expect(try exposition.families[name]?.samples.count == 2)
    }

    @Test func `what came back counts as a reply or for its exchange`() throws {
        let metrics = BridgeMetrics(factory)
        metrics.returned(AMQPMessage(exchange: "", routingKey: "answers", body: []))
        metrics.returned(AMQPMessage(exchange: "gws.events", routingKey: "k", body: []))
        #expect(try exposition["gws_bridge_returned_total", [:]] == 1)
        let labels = ["exchange": "gws.events", "kind": "-"]
        #expect(try exposition["gws_bridge_unroutable_total", labels] == 1)
    }

    @Test func `a reply that came back from a direct reply-to may have arrived, and does not count`() throws {
        let metrics = BridgeMetrics(factory)
        let queue = "amq.rabbitmq.reply-to.g1h2AA5yZXBseQ"
        metrics.returned(AMQPMessage(exchange: "", routingKey: queue, body: []))
        #expect(try exposition["gws_bridge_returned_total", [:]] == 0)
    }

    @Test func `all that the bridge counts says what it is`() throws {
        let factory = PrometheusFactory(help: BridgeMetrics.descriptions)
        let metrics = BridgeMetrics(factory)
        metrics.ended("Hold", as: .confirmed)
        metrics.returned(AMQPMessage(exchange: "gws.events", routingKey: "k", body: []))
        metrics.events.took([.sample()], at: 0)
        metrics.events.gap(.started)
        metrics.links.canaryFailed(.message)
        let families = try Exposition(factory.text).families
        #expect(Set(families.keys) == Set(BridgeMetrics.descriptions.keys))
        for (name, family) in families { #expect(family.help?.isEmpty == false, "\(name)") }
    }
}
