import Metrics
import NIOConcurrencyHelpers

/// How something stands: the last value counts.
final class PrometheusGauge: PrometheusSeries, MeterHandler, RecorderHandler {
    static let kind = PrometheusKind.gauge

    private let value = NIOLockedValueBox(0.0)

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) { self.value.withLockedValue { $0 = value } }

    func record(_ value: Int64) { set(Double(value)) }

    func record(_ value: Double) { set(value) }

    func increment(by amount: Double) { value.withLockedValue { $0 += amount } }

    func decrement(by amount: Double) { value.withLockedValue { $0 -= amount } }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        text.add(name, labels, value.withLockedValue { $0 })
    }
}
