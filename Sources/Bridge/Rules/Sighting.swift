/// What an agent's notifications showed of what a command is for.
package enum Sighting: Sendable, Hashable {
    /// It came about.
    ///
    /// - Parameter already: whether it stood so before the command was sent.
    case changed(messageID: String, notificationType: String?, already: Bool)
    /// GWS told of a failure.
    ///
    /// - Parameter isNamed: whether it named what the command is about, and did not just come where one was due.
    case failed(message: String?, isNamed: Bool)
    /// The call is over, and it was not for that.
    case callEnded(CommandOutcome.CallGlimpse)
}
