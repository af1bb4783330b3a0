/// What a person pressed.
enum Key: Sendable, Hashable {
    case text(Character)
    case enter, escape, backspace, tab, up, down
    /// Ctrl-U: the typed line goes.
    case eraseLine
    /// Ctrl-C, and what else ends a program.
    case interrupt
    /// Ctrl-Z.
    case suspend
}
