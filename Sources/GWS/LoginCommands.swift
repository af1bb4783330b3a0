/// What the commands about the agent's log-in came to, all of them: who looks seldom misses none.
struct LoginCommands: Sendable, Hashable {
    private(set) var last: CommandedLogin?
    private var beforeOffline: CommandedLogin?

    mutating func add(_ command: CommandedLogin) {
        switch (command, last) {
        case (.start, _), (.end, _): last = command
        // There is nothing left to be offline of.
        case (.offline, .end?), (.offline, .offline?): break
        case (.offline, _): (beforeOffline, last) = (last, .offline)
        case (.online, .offline?): last = beforeOffline ?? .online
        case (.online, nil): last = .online
        // It is so already; or another logged the agent in since.
        case (.online, _): break
        }
    }
}
