/// The values of one name under one set of labels.
protocol PrometheusSeries: AnyObject, Sendable {
    static var kind: PrometheusKind { get }

    /// - Parameter labels: as they are written, without braces.
    func write(_ name: String, _ labels: String, to text: inout PrometheusText)
}

/// What Prometheus knows of how to read a metric.
enum PrometheusKind: String, Sendable {
    case counter, gauge, histogram
}
