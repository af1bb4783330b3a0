internal import Metrics
internal import NIOConcurrencyHelpers

/// The counters of one name, by what their labels stand for; each is made when it is wanted first.
final class CounterFamily<Key: Hashable & Sendable>: Sendable {
    private let name: String
    private let factory: any MetricsFactory
    private let labels: @Sendable (Key) -> [(String, String)]
    private let counters = NIOLockedValueBox<[Key: Counter]>([:])

    /// - Parameter labels: of a key; there must be a bounded number of keys.
    init(
        _ name: String, _ factory: any MetricsFactory,
        labels: @escaping @Sendable (Key) -> [(String, String)]
    ) {
        self.name = name
        self.factory = factory
        self.labels = labels
    }

    subscript(key: Key) -> Counter {
        counters.withLockedValue { counters in
            if let counter = counters[key] { return counter }
            let counter = Counter(label: name, dimensions: labels(key), factory: factory)
            counters[key] = counter
            return counter
        }
    }
}
