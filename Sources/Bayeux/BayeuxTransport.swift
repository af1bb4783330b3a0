/// What carries Bayeux messages to the server.
public protocol BayeuxTransport {
    /// Posts the messages of a request, and returns the body of the answer. Throws if there was none; where the error
    /// says so by `BayeuxTransportError`, the messages certainly did not arrive.
    func send(_ request: BayeuxRequest) async throws -> [UInt8]
}

/// An error that knows whether the messages may have arrived. Of any other it is assumed.
public protocol BayeuxTransportError: Error {
    var mayHaveBeenReceived: Bool { get }
}
