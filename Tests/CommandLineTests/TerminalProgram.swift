import Foundation
import NIOConcurrencyHelpers
import TestSupport

/// `gws-bridge` with a terminal of 80 columns and 24 lines, at which a test sits.
final class TerminalProgram: Sendable {
    private struct State: Sendable {
        var screen = TerminalScreen(width: 80, height: 24)
        var code: Int32?
    }

    private let state = NIOLockedValueBox(State())
    private let terminal: Int32
    private let line: Int32
    let process: Int32

    /// - Parameter isNonBlocking: As another program may have left the terminal.
    init(_ arguments: String..., environment: [String: String], isNonBlocking: Bool = false) throws {
        (terminal, line) = try Self.openTerminal()
        if isNonBlocking { _ = fcntl(line, F_SETFL, O_RDWR | O_NONBLOCK) }
        let process = Process()
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        process.executableURL = URL(fileURLWithPath: tests).deletingLastPathComponent()
            .appendingPathComponent("gws-bridge")
        process.arguments = arguments
        process.environment = environment.merging(["PATH": "/usr/bin:/bin", "TERM": "xterm"]) { own, _ in own
        }
        let handle = FileHandle(fileDescriptor: line)
        process.standardInput = handle
        process.standardOutput = handle
        process.standardError = handle
        try Process.inTurn { try process.runUnmasked() }
        self.process = process.processIdentifier
        let (terminal, state) = (terminal, state)
        Thread.detachNewThread {
            var buffer = [UInt8](repeating: 0, count: 65536)
            while case let count = read(terminal, &buffer, buffer.count), count > 0 {
                let text = String(decoding: buffer[..<count], as: UTF8.self)
                state.withLockedValue { $0.screen.write(text) }
            }
            // Nobody else may close what is being read.
            close(terminal)
        }
        Thread.detachNewThread {
            process.waitUntilExit()
            state.withLockedValue { $0.code = process.terminationStatus }
        }
    }

    deinit {
        // It must not outlive the test that began it.
        if state.withLockedValue({ $0.code == nil }) { kill(process, SIGKILL) }
        // With the last of them the reading ends.
        close(line)
    }

    var screen: TerminalScreen { state.withLockedValue(\.screen) }

    /// Whether the terminal shows what is typed and waits for whole lines, as a shell wants it.
    var isAsShellsWantIt: Bool {
        var settings = termios()
        guard tcgetattr(line, &settings) == 0 else { return false }
        return settings.c_lflag & UInt32(ECHO) != 0 && settings.c_lflag & UInt32(ICANON) != 0
    }

    func type(_ text: String) {
        let bytes = Array(text.utf8)
        precondition(write(terminal, bytes, bytes.count) == bytes.count, "a terminal takes a few keys")
    }

    /// As Ctrl-S does.
    func stopOutput() { precondition(tcflow(line, TCOOFF) == 0, "a terminal can be stopped") }

    /// Whether none of the program's threads has anything to do.
    var areThreadsWaiting: Bool {
        get throws {
            let tasks = "/proc/\(process)/task"
            return try FileManager.default.contentsOfDirectory(atPath: tasks).allSatisfy { thread in
                let text = try String(contentsOfFile: "\(tasks)/\(thread)/stat", encoding: .utf8)
                return text.split(separator: ")").last?.hasPrefix(" S") == true
            }
        }
    }

    func signal(_ number: Int32) { kill(process, number) }

    func resize(width: Int, height: Int) {
        state.withLockedValue { $0.screen = TerminalScreen(width: width, height: height) }
        var size = winsize(ws_row: UInt16(height), ws_col: UInt16(width), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(terminal, UInt(TIOCSWINSZ), &size)
        // The kernel tells those whose controlling terminal it is, which a test's terminal is not.
        signal(SIGWINCH)
    }

    func shows(_ text: String, within limit: Duration = .seconds(20)) async throws {
        do {
            try await eventually(within: limit, text) { screen.text.contains(text) }
        } catch {
            throw Program.Late(description: "\"\(text)\" on the screen, which shows:\n\(screen.text)")
        }
    }

    func exitCode(within limit: Duration = .seconds(20)) async throws -> Int32 {
        try await eventually(within: limit, "the program ends") { state.withLockedValue { $0.code != nil } }
        return state.withLockedValue { $0.code ?? -1 }
    }

    /// Through Linux's device: the functions of POSIX are not among what Swift imports of glibc.
    private static func openTerminal() throws -> (terminal: Int32, line: Int32) {
        let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var (lock, number): (Int32, UInt32) = (0, 0)
        guard terminal >= 0, ioctl(terminal, setLock, &lock) == 0, ioctl(terminal, getNumber, &number) == 0
        else { throw Program.Late(description: "no pseudo-terminal: \(String(cString: strerror(errno)))") }
        let line = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard line >= 0 else { throw Program.Late(description: "/dev/pts/\(number) cannot be opened") }
        return (terminal, line)
    }
}
