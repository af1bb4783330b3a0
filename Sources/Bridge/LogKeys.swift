/// The keys of log metadata, so that one thing has one name in all lines.
enum LogKeys {
    static let agent = "agent"
    static let attempt = "attempt"
    static let broker = "broker"
    static let command = "command"
    static let count = "count"
    static let epoch = "epoch"
    static let error = "error"
    static let operation = "operation"
    static let outcome = "outcome"
    static let pause = "pause"
    static let queue = "queue"
    static let reason = "reason"
    static let what = "what"
}
