/// A file of the store that is open, and does what was handed over.
protocol KeptStore: Sendable {
    associatedtype Work: StoreWork

    /// Does what there is to do, transaction after transaction, until there is nothing more.
    ///
    /// - Throws: what kept it from that. What could not be done is back among the work then.
    func drain(_ work: Work) async throws
    func close()
}
