/// What a message is about, by the first word of its key: what an operator wants told apart of those that nobody hears.
package enum MessageKind: String, Sendable, CaseIterable {
    case call, device, agent, session
    /// Anything else, such as a dead letter.
    case other = "-"

    package init(routingKey: String) {
        self =
            routingKey.split(separator: ".", maxSplits: 1).first.flatMap { Self(rawValue: "\($0)") } ?? .other
    }
}
