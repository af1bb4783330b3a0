import AMQP
import Bridge

extension CommandFailure {
    /// What an operator may do about it decides the code: 77 ask for permission, 78 change the configuration, 69 wait.
    /// - Parameter names: what on the broker the command needs.
    init(_ error: AMQPError, names: String) {
        if let failure = BridgeFailure(error, names: names) {
            self.init(Code(rawValue: failure.exitCode) ?? .configuration, failure.description)
        } else {
            self.init(error.remedy == .tryAgain ? .unavailable : .software, "\(error)")
        }
    }
}
