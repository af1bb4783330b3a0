/// What a person pressed.
enum Key: Sendable, Hashable {
    case text(Character)
    /// Text that came from elsewhere: nobody meant its letters as keys.
    case pasted(Character)
    case enter, escape, backspace, tab, up, down
    /// Ctrl-U: the typed line goes.
    case eraseLine
    /// Ctrl-C, and what else ends a program.
    case interrupt
    /// Ctrl-Z.
    case suspend
}
