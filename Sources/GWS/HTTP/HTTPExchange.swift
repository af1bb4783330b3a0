internal import NIOCore

/// A request on its way, and what becomes of it. Belongs to the loop.
final class HTTPExchange {
    typealias Completion = (Result<HTTPTransport.Response, HTTPTransport.Failure>) -> Void

    let request: HTTPTransport.Request
    let deadline: NIODeadline
    /// Whether its head went into a connection.
    var isSent = false
    /// The one that carries it.
    weak var connection: HTTPConnection?
    /// While there is none yet.
    var timer: Scheduled<Void>?
    private var completion: Completion?

    init(_ request: HTTPTransport.Request, deadline: NIODeadline, completion: @escaping Completion) {
        self.request = request
        self.deadline = deadline
        self.completion = completion
    }

    var hasEnded: Bool { completion == nil }

    /// The first end counts.
    func end(_ result: Result<HTTPTransport.Response, HTTPTransport.Failure>) {
        timer?.cancel()
        timer = nil
        guard let completion else { return }
        self.completion = nil
        completion(result)
    }

    func fail(_ kind: HTTPTransport.Failure.Kind, _ reason: String, head: ResponseParser.Head? = nil) {
        end(
            .failure(
                HTTPTransport.Failure(
                    kind: kind, mayHaveBeenSent: isSent, reason: reason,
                    head: head.map {
                        HTTPTransport.Response(status: $0.status, headers: $0.headers, body: [])
                    })))
    }

    /// Nobody waits for it any more. A connection that carries it is of no use to others: its answer may still come.
    func abandon(_ kind: HTTPTransport.Failure.Kind, _ reason: String) {
        if let connection, connection.carries(self) {
            connection.fail(kind, reason)
        } else {
            fail(kind, reason)
        }
    }
}
