public import AMQP

/// Why the bridge cannot go on until a person changes something.
public struct BridgeFailure: Error, Sendable, CustomStringConvertible {
    /// sysexits.h: 77 is "not permitted", 78 is "wrong configuration".
    public let exitCode: Int32
    /// What to change, in a sentence.
    public let description: String

    public init(exitCode: Int32, _ description: String) {
        self.exitCode = exitCode
        self.description = description
    }

    /// - Returns: nil where trying again may help.
    public init?(_ error: AMQPError, names: String) {
        guard let remedy = Self.remedy(for: error, names: names) else { return nil }
        // The broker's words may end as a sentence or not.
        var said = "\(error)"[...]
        while said.hasSuffix(".") { said.removeLast() }
        let isForbidden =
            switch error {
            case .authenticationRefused, .channelClosed(403, _, _): true
            default: false
            }
        self.init(exitCode: isForbidden ? 77 : 78, "\(said). \(remedy)")
    }

    /// What to change, in a sentence; nil where trying again may help.
    package static func remedy(for error: AMQPError, names: String) -> String? {
        guard error.remedy == .changeConfiguration else { return nil }
        return switch error {
        case .authenticationRefused: "Change the user or the password in amqp.url."
        case .virtualHostRefused:
            "Change the virtual host in amqp.url, or create it and permit the user to use it."
        case .channelClosed(403, _, _):
            "Give the user configure, write and read permission on \(names), or let an administrator declare "
                + "them and set amqp.topology to check."
        case .channelClosed(404, _, _): "Declare it, or set amqp.topology to declare."
        case .channelClosed(_, let text, _): remedy(forOtherArguments: text)
        case .tls: "Check amqp.tls.ca-file, certificate-file, key-file and server-name."
        default: "Check amqp.url."
        }
    }
}
