/// A command that ended otherwise than it should: one line for people, and the code for scripts.
struct CommandFailure: Error, CustomStringConvertible {
    enum Code: Int32, Sendable {
        case refused = 2
        case uncertain = 3
        case noReply = 4
        case usage = 64
        case unavailable = 69
        case software = 70
        case notPermitted = 77
        case configuration = 78
    }

    let code: Code
    let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
