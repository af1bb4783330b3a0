import Foundation

/// Standard output or standard error: whole lines, written at once, coloured only where a person looks.
struct Terminal: Sendable {
    enum Colour: String, Sendable {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case magenta = "35"
        case cyan = "36"
        case grey = "90"
        case bold = "1"
    }

    static let output = Terminal(descriptor: STDOUT_FILENO)
    static let error = Terminal(descriptor: STDERR_FILENO)

    let descriptor: Int32
    let isColoured: Bool

    init(descriptor: Int32, isColoured: Bool) {
        self.descriptor = descriptor
        self.isColoured = isColoured
    }

    private init(descriptor: Int32) {
        self.descriptor = descriptor
        let environment = ProcessInfo.processInfo.environment
        let isPlain = environment["NO_COLOR"]?.isEmpty == false || environment["TERM"] == "dumb"
        isColoured = isatty(descriptor) == 1 && !isPlain
    }

    /// In columns; nil where it is no terminal.
    var width: Int? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    func paint(_ text: String, _ colour: Colour) -> String {
        isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// False if nobody reads any more.
    @discardableResult
    func writeLine(_ line: String) -> Bool { write(Array(line.utf8) + [UInt8(ascii: "\n")]) }

    /// - Parameter deadline: When to give up if nothing more is taken; never, if nil. Then some may have been written.
    @discardableResult
    func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant? = nil) -> Bool {
        // Where there is room for anything there is room for a byte; more could block, where that is not forbidden.
        let most = deadline == nil || isNonBlocking ? Int.max : 1
        var rest = bytes[...]
        while !rest.isEmpty {
            if deadline != nil, !hasRoom(until: deadline) { return false }
            let written = rest.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, min(most, $0.count))
            }
            if written < 0, errno == EINTR { continue }
            // Somebody else may have made it so: it is not ours alone.
            if written < 0, errno == EAGAIN, hasRoom(until: deadline) { continue }
            guard written > 0 else { return false }
            rest = rest.dropFirst(written)
        }
        return true
    }

    private var isNonBlocking: Bool { fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0 }

    /// Waits until something can be written, if only that nobody reads any more.
    private func hasRoom(until deadline: ContinuousClock.Instant?) -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        while true {
            let left = deadline.map {
                Int32(max(.zero, ContinuousClock.now.duration(to: $0)) / .milliseconds(1))
            }
            let ready = poll(&waiting, 1, left ?? -1)
            if ready < 0, errno == EINTR { continue }
            return ready > 0
        }
    }
}
