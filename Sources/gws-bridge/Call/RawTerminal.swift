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
    /// Whether the output is a descriptor of our own.
    private let isOwn: Bool
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
        self.original = original
        // Opened anew, it can be made never to block without doing that to everybody who has the terminal.
        let own = open("/proc/self/fd/\(output.descriptor)", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        isOwn = own >= 0
        self.output = own >= 0 ? Terminal(descriptor: own, isColoured: output.isColoured) : output
    }

    deinit {
        if isOwn { close(output.descriptor) }
    }

    var isEntered: Bool { state.withLockedValue(\.isEntered) }

    /// Whether its keys are for us. A terminal without job control, or one that is not ours, is everybody's.
    var isInForeground: Bool {
        let group = tcgetpgrp(input)
        return group < 0 || group == getpgrp()
    }

    /// Stops like every program that wants keys in the background, until the shell lets it go on in the foreground.
    ///
    /// - Returns: False where there is no shell that could.
    func waitForForeground() -> Bool {
        for _ in 1...20 where !isInForeground {
            // As the terminal does it, to the whole job.
            kill(0, SIGTTIN)
            // The signal takes effect in a moment, on whichever thread.
            poll(nil, 0, 50)
        }
        return isInForeground
    }

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
        // Not taken, it makes the screen ugly, and no more.
        if isNew { _ = write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[?2004h") }
    }

    func leave() {
        let wasEntered = state.withLockedValue { state in
            defer { state.isEntered = false }
            return state.isEntered
        }
        guard wasEntered else { return }
        _ = write("\u{1B}[0m\u{1B}[?2004l\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l")
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
        let text = state.withLockedValue { state -> String in
            guard state.isEntered else { return "" }
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
            return written
        }
        // Nobody knows what stands there now: the next time all of it is written.
        if !write(text) { state.withLockedValue { $0.shown = [] } }
    }

    /// How long the terminal may take no output, before it is left to itself: whoever stopped it can still go.
    private static let patience = Duration.milliseconds(200)

    private func write(_ text: String) -> Bool {
        output.write(Array(text.utf8), until: .now + Self.patience)
    }

    /// What came from the terminal.
    enum Input: Sendable {
        case bytes([UInt8])
        /// Nothing for a while after something came.
        case pause
    }

    /// How far apart the bytes of one key can be, in milliseconds.
    private static let withinKey: Int32 = 50

    /// What is typed, as it comes. Ends when the terminal is gone; throws if that is not why it cannot be read.
    func typed() -> AsyncThrowingStream<Input, any Error> {
        let (stream, continuation) = AsyncThrowingStream<Input, any Error>.makeStream(
            bufferingPolicy: .bufferingOldest(1_000))
        // Waiting blocks, which tasks must not. It ends with the program.
        Thread.detachNewThread { [input] in
            var buffer = [UInt8](repeating: 0, count: 1024)
            var limit: Int32 = -1
            while true {
                var waiting = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
                let ready = poll(&waiting, 1, limit)
                if ready == 0 {
                    limit = -1
                    continuation.yield(.pause)
                    continue
                }
                let count = ready < 0 ? -1 : read(input, &buffer, buffer.count)
                if count < 0, errno == EINTR || errno == EAGAIN { continue }
                guard count > 0 else {
                    let reason = count < 0 ? String(cString: strerror(errno)) : "its end"
                    let isHungUp = waiting.revents & Int16(POLLHUP) != 0
                    continuation.finish(
                        throwing: isHungUp
                            ? nil
                            : CommandFailure(
                                .unavailable, "nothing more can be read from the terminal: \(reason)"))
                    return
                }
                limit = Self.withinKey
                continuation.yield(.bytes(Array(buffer[..<count])))
            }
        }
        return stream
    }
}
