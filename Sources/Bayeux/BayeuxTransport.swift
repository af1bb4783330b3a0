/// What carries Bayeux messages to the server.
public protocol BayeuxTransport {
    /// Posts the messages of a request, and returns the body of the answer. Throws if there was none; where the error
    /// says so by `BayeuxTransportError`, the messages certainly did not arrive.
    func send(_ request: BayeuxRequest) async throws -> [UInt8]

    /// Waits before the next request, as the server has advised. May end early.
    func pause(for duration: Duration) async throws
}

extension BayeuxTransport {
    /// For all of the time.
    public func pause(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}

/// An error that knows whether the messages may have arrived. Of any other it is assumed.
public protocol BayeuxTransportError: Error {
    var mayHaveBeenReceived: Bool { get }
    /// Whether there was an answer, and it cannot be read.
    var isIllegibleAnswer: Bool { get }
}

extension BayeuxTransportError {
    public var isIllegibleAnswer: Bool { false }
}
