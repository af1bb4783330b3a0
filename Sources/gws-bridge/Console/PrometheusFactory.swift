import Metrics
import NIOConcurrencyHelpers

/// Keeps what is counted and measured, and writes it in Prometheus' text format.
///
/// A handle is made once and kept by who counts with it; to count is then a short lock and takes no memory. The same
/// name and labels are the same handle.
final class PrometheusFactory: MetricsFactory {
    /// Sets of labels that a name may have; those beyond are counted together.
    private static let seriesPerName = 1000

    private struct Family {
        let kind: PrometheusKind
        /// By their labels as they are written.
        var series: [String: any PrometheusSeries] = [:]
    }

    private let help: [String: String]
    private let families = NIOLockedValueBox<[String: Family]>([:])

    /// - Parameter help: a sentence for each name.
    init(help: [String: String] = [:]) {
        self.help = help
    }

    /// All that was counted so far.
    var text: String {
        var text = PrometheusText()
        for (name, family) in families.withLockedValue({ $0 }).sorted(by: { $0.key < $1.key }) {
            text.begin(name, family.kind, help: help[name])
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                series.write(name, labels, to: &text)
            }
        }
        return text.lines
    }

    /// The counters of a name, added up by what they have for one label.
    func totals(of name: String, by label: String) -> [String: Double] {
        let series = families.withLockedValue { $0[name]?.series } ?? [:]
        return series.reduce(into: [:]) { totals, one in
            guard let counter = one.value as? PrometheusCounter else { return }
            totals[PrometheusText.value(of: label, in: one.key) ?? "", default: 0] += counter.value
        }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, PrometheusCounter())
    }

    func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        series(label, dimensions, PrometheusCounter())
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        series(label, dimensions, PrometheusGauge())
    }

    /// What is to be aggregated becomes a histogram, else only the last value counts.
    func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate { return series(label, dimensions, PrometheusHistogram()) }
        return series(label, dimensions, PrometheusGauge())
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, PrometheusHistogram())
    }

    func destroyCounter(_ handler: any CounterHandler) { remove(handler) }

    func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { remove(handler) }

    func destroyMeter(_ handler: any MeterHandler) { remove(handler) }

    func destroyRecorder(_ handler: any RecorderHandler) { remove(handler) }

    func destroyTimer(_ handler: any TimerHandler) { remove(handler) }

    /// The series of that name and those labels: `new`, if there is none yet. A name that is taken for another kind is
    /// a mistake that costs us the metric and nothing else.
    private func series<Series: PrometheusSeries>(
        _ name: String, _ dimensions: [(String, String)], _ new: Series
    ) -> Series {
        let name = PrometheusText.name(name)
        let labels = PrometheusText.labels(dimensions)
        return families.withLockedValue { families in
            var family = families[name] ?? Family(kind: Series.kind)
            guard family.kind == Series.kind else { return new }
            let isSurplus = family.series.count >= Self.seriesPerName && family.series[labels] == nil
            let key = isSurplus ? PrometheusText.labels(dimensions.map { ($0.0, "other") }) : labels
            let series = family.series[key] as? Series ?? new
            family.series[key] = series
            families[name] = family
            return series
        }
    }

    private func remove(_ handler: AnyObject) {
        families.withLockedValue { families in
            families = families.mapValues { family in
                var family = family
                family.series = family.series.filter { $0.value !== handler }
                return family
            }
        }
    }
}
