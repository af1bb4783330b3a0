import Metrics
import NIOConcurrencyHelpers

/// Only grows; exact up to 2^53.
final class PrometheusCounter: PrometheusSeries, CounterHandler, FloatingPointCounterHandler {
    static let kind = PrometheusKind.counter

    private let total = NIOLockedValueBox(0.0)

    var value: Double { total.withLockedValue(\.self) }

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    func increment(by amount: Double) {
        guard amount > 0 else { return }
        total.withLockedValue { $0 += amount }
    }

    func reset() { total.withLockedValue { $0 = 0 } }

    func write(_ name: String, _ labels: String, to text: inout PrometheusText) {
        text.add(name, labels, value)
    }
}
