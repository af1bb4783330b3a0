/// What reads bytes that others wrote, and what must be true of it whatever they are.
///
/// Each subject takes any bytes. The fuzzer runs it on what it makes up, a test on the corpus, where each input lies that
/// ever broke a promise.
public enum FuzzSubject: String, Sendable, CaseIterable {
    /// The text is sliced.
    case json
    /// An id and the rest become a routing key, and any key is taken apart.
    case routingKey = "routing-key"
    /// A server answers a Bayeux session.
    case bayeux
    /// A command is decoded, answered, put aside and replayed.
    case command
    /// A notification is read and becomes an event.
    case notification

    public func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        switch self {
        case .json: try JSONSubject.run(bytes)
        case .routingKey: try RoutingKeySubject.run(bytes)
        case .bayeux: try BayeuxSubject.run(bytes)
        case .command: try CommandSubject.run(bytes)
        case .notification: try NotificationSubject.run(bytes)
        }
    }
}

/// Something that must always be true is not.
public struct BrokenPromise: Error, CustomStringConvertible {
    public let description: String
}

/// - Parameter promise: a sentence that says what must be true.
func expect(
    _ isKept: Bool, _ promise: @autoclosure () -> String, line: Int = #line, file: String = #fileID
) throws(BrokenPromise) {
    guard !isKept else { return }
    throw BrokenPromise(description: "\(promise()) (\(file):\(line))")
}

/// For what must be there.
func unwrap<Value>(
    _ value: Value?, _ promise: @autoclosure () -> String, line: Int = #line, file: String = #fileID
) throws(BrokenPromise) -> Value {
    guard let value else { throw BrokenPromise(description: "\(promise()) (\(file):\(line))") }
    return value
}
