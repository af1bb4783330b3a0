import Foundation
import NIOConcurrencyHelpers

/// The terminal while a program has the whole of it: no echo, every key at once, a screen of its own. Left, it is as it
/// was.
final class RawTerminal: Sendable {
    struct Size: Sendable, Hashable {
        let width: Int
        let height: Int
    }

    private struct State: Sendable {
        var isEntered = false
        var shown: [String] = []
        var size: Size?
    }

    private let output: Terminal
    private let input: Int32
    private let original: termios
    private let state = NIOLockedValueBox(State())

    /// Nil where this is no terminal, or one that cannot move its cursor.
    init?(input: Int32 = STDIN_FILENO, output: Terminal = .output, environment: [String: String]) {
        var original = termios()
        guard isatty(output.descriptor) == 1, environment["TERM"] != "dumb",
            tcgetattr(input, &original) == 0
        else { return nil }
        self.input = input
        self.output = output
        self.original = original
    }

    var isEntered: Bool { state.withLockedValue(\.isEntered) }

    func enter() {
        let isNew = state.withLockedValue { state in
            // Another program may have drawn meanwhile.
            state.shown = []
            defer { state.isEntered = true }
            return !state.isEntered
        }
        var raw = original
        cfmakeraw(&raw)
        // Not waiting for what is written to be read: nobody may be reading.
        tcsetattr(input, TCSANOW, &raw)
        if isNew { output.write(Array("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[?2004h".utf8)) }
    }

    func leave() {
        let wasEntered = state.withLockedValue { state in
            defer { state.isEntered = false }
            return state.isEntered
        }
        guard wasEntered else { return }
        output.write(Array("\u{1B}[0m\u{1B}[?2004l\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l".utf8))
        // Keys that were meant for us are not for the shell.
        tcflush(input, TCIFLUSH)
        var original = original
        tcsetattr(input, TCSANOW, &original)
    }

    /// A terminal that does not say has the classic size.
    var size: Size {
        var size = winsize()
        guard ioctl(output.descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return Size(width: 80, height: 24)
        }
        return Size(width: min(Int(size.ws_col), 500), height: min(Int(size.ws_row), 300))
    }

    /// Writes what differs from what stands there.
    func draw(_ lines: [ScreenLine], size: Size) {
        let texts = lines.map { $0.text(on: output) }
        let bytes = state.withLockedValue { state -> [UInt8] in
            guard state.isEntered else { return [] }
            var written = ""
            if state.size != size || state.shown.count != texts.count {
                written = "\u{1B}[2J"
                state.shown = []
            }
            for (row, text) in texts.enumerated()
            where !state.shown.indices.contains(row) || state.shown[row] != text {
                written += "\u{1B}[\(row + 1);1H\u{1B}[2K\(text)"
            }
            state.shown = texts
            state.size = size
            return Array(written.utf8)
        }
        output.write(bytes)
    }

    /// What is typed, as it comes; ends with the terminal.
    func typed() -> AsyncStream<[UInt8]> {
        let (stream, continuation) = AsyncStream<[UInt8]>.makeStream(bufferingPolicy: .bufferingOldest(1_000))
        // Reading blocks, which tasks must not. It ends with the program.
        Thread.detachNewThread { [input] in
            var buffer = [UInt8](repeating: 0, count: 1024)
            while true {
                let count = read(input, &buffer, buffer.count)
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                guard count > 0 else { break }
                continuation.yield(Array(buffer[..<count]))
            }
            continuation.finish()
        }
        return stream
    }
}
