/// What was handed over to a keeper, and what it has to do with it.
protocol HandedOver: Sendable {
    /// Whether the keeper has nothing to do.
    var isEmpty: Bool { get }
}
