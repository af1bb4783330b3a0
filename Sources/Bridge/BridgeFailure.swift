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
        guard error.remedy == .changeConfiguration else { return nil }
        // The broker's words may end as a sentence or not.
        var said = "\(error)"[...]
        while said.hasSuffix(".") { said.removeLast() }
        switch error {
        case .authenticationRefused:
            self.init(exitCode: 77, "\(said). Change the user or the password in amqp.url.")
        case .virtualHostRefused:
            self.init(
                exitCode: 78,
                "\(said). Change the virtual host in amqp.url, or create it and permit the user to use it.")
        case .channelClosed(403, _, _):
            self.init(
                exitCode: 77,
                "\(said). Give the user configure, write and read permission on \(names), or let an administrator declare "
                    + "them and set amqp.topology to check.")
        case .channelClosed(404, _, _):
            self.init(exitCode: 78, "\(said). Declare it, or set amqp.topology to declare.")
        case .channelClosed(_, let text, _):
            self.init(exitCode: 78, "\(said). \(Self.remedy(forOtherArguments: text))")
        case .tls:
            self.init(
                exitCode: 78, "\(said). Check amqp.tls.ca-file, certificate-file, key-file and server-name.")
        default:
            self.init(exitCode: 78, "\(said). Check amqp.url.")
        }
    }
}
