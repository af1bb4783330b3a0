extension GWSError {
    init(_ failure: HTTPTransport.Failure, doing what: String) {
        switch failure.kind {
        case .notSent: self = .unreachable(failure.reason)
        case .timedOut: self = failure.mayHaveBeenSent ? .timedOut(what) : .unreachable(failure.reason)
        case .cut: self = .disconnected(failure.reason)
        case .tooLarge: self = .unexpectedAnswer(failure.reason)
        case .cancelled: self = .cancelled
        }
    }

    /// An answer that is not what was hoped for.
    init(_ response: HTTPTransport.Response, now: Int64) {
        let answer = GWSAnswer(response.body)
        switch response.status {
        case 429, 503:
            self = .unavailable(httpStatus: response.status, retryAfter: response.retryAfter(now: now))
        case _ where answer.statusCode != nil:
            self = .refused(
                httpStatus: response.status, statusCode: answer.statusCode,
                statusMessage: answer.statusMessage)
        case 200..<300: self = .unexpectedAnswer("HTTP \(response.status) without GWS's JSON")
        default: self = .unexpectedAnswer("HTTP \(response.status)")
        }
    }
}
