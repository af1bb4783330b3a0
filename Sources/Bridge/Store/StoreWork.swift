/// What is handed over to a keeper.
protocol StoreWork: Sendable {
    /// Waits for something to do; false once there will be nothing any more.
    func isThere() async -> Bool
    /// Asks for what is due now and then.
    func tick()
    /// What is there is done, and then it is over.
    func stop()
    var isStopping: Bool { get }
    /// Since when the file has been at one piece of work; nil between two.
    var busySince: ContinuousClock.Instant? { get }
    /// The file begins a piece of work, or has none.
    func turn(isBusy: Bool)
    /// A piece of work takes so long that it may never end. Said again and again until it does.
    func stalled(_ sentence: String)
    /// It could not be done.
    func failed(_ trouble: StoreTrouble, _ sentence: String, attempt: Int)
    var trouble: String? { get }
    /// And then it could.
    func recovered()
    /// Lets everyone go who waits still.
    ///
    /// - Returns: how many entries or events are lost.
    func close() -> Int
}
