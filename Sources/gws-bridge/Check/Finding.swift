import Bridge

/// One thing that `check` looked at, what it found, and what to do about it.
struct Finding: Sendable, Hashable {
    enum Status: String, Sendable, Comparable {
        case ok, warning, failure

        static func < (one: Status, other: Status) -> Bool { one.exitCode < other.exitCode }

        var exitCode: Int32 {
            switch self {
            case .ok: 0
            case .warning: 1
            case .failure: 2
            }
        }
    }

    let name: String
    let status: Status
    let message: String
    var remedy: String?

    init(_ name: String, _ status: Status, _ message: String, remedy: String? = nil) {
        self.name = name
        self.status = status
        self.message = message
        self.remedy = remedy
    }

    var json: String {
        JSON.object([
            ("name", JSON.quote(name)), ("status", JSON.quote(status.rawValue)),
            ("message", JSON.quote(message)),
            ("remedy", JSON.optional(remedy)),
        ])
    }

    func text(on terminal: Terminal) -> String {
        let mark =
            switch status {
            case .ok: terminal.paint("ok     ", .green)
            case .warning: terminal.paint("warning", .yellow)
            case .failure: terminal.paint("failure", .red)
            }
        // The words of broker and GWS are in it.
        let line = "\(mark) \(terminal.paint(name.printable, .bold)): \(message.printable)"
        return remedy.map { "\(line)\n        \($0.printable)" } ?? line
    }
}
