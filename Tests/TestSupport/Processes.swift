public import Foundation
import NIOConcurrencyHelpers

/// Runs a program to its end and returns what it wrote; throws, with what it complained of, unless it exits with 0.
@discardableResult
public func run(_ path: String, _ arguments: [String], input: [UInt8] = []) async throws -> String {
    try await withCheckedThrowingContinuation { continuation in
        // Foundation waits for processes by blocking.
        DispatchQueue.global().async {
            continuation.resume(with: Result { try runBlocking(path, arguments, input) })
        }
    }
}

private func runBlocking(_ path: String, _ arguments: [String], _ input: [UInt8]) throws -> String {
    let (process, stdin, output) = try Process.inTurn {
        let process = Process()
        let (stdin, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardInput = stdin
        process.standardOutput = output
        process.standardError = output
        try process.runUnmasked()
        return (process, stdin, output)
    }
    try stdin.fileHandleForWriting.write(contentsOf: input)
    try stdin.fileHandleForWriting.close()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let text = String(decoding: said, as: UTF8.self)
    guard process.terminationStatus == 0 else {
        throw PrivateBroker.Failure(
            description:
                "\(path) \(arguments.joined(separator: " ")) failed with \(process.terminationStatus): \(text)"
        )
    }
    return text
}

extension Process {
    private static let turn = NIOLock()

    /// Makes pipes and starts a process, while nobody else does. Foundation lists the descriptors that a child is to
    /// close and then begins it: one that is opened in between is the child's, too, and a pipe that a broker holds for
    /// as long as the tests run never ends.
    public static func inTurn<Result>(_ start: () throws -> Result) rethrows -> Result {
        try turn.withLock(start)
    }

    /// The threads that tasks run on block all signals, and a child would inherit that: no SIGTERM could end it.
    public func runUnmasked() throws {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try run()
    }
}

/// A program that is spoken to and answers line by line. It sees the end of its input when this goes.
final class LineProcess: Sendable {
    private let lines: AsyncStream<String>
    private let input: FileHandle
    private let collected = NIOLockedValueBox("")

    init(_ path: String, _ arguments: [String]) throws {
        let (stdin, output, errors) = try Process.inTurn {
            let process = Process()
            let (stdin, output, errors) = (Pipe(), Pipe(), Pipe())
            process.executableURL = URL(filePath: path)
            process.arguments = arguments
            process.standardInput = stdin
            process.standardOutput = output
            process.standardError = errors
            try process.runUnmasked()
            return (stdin, output, errors)
        }
        let (lines, continuation) = AsyncStream<String>.makeStream()
        input = stdin.fileHandleForWriting
        self.lines = lines
        Self.read(output.fileHandleForReading, { continuation.yield($0) }, atEnd: { continuation.finish() })
        Self.read(
            errors.fileHandleForReading,
            { [collected] line in collected.withLockedValue { $0 += line + "\n" } },
            atEnd: {})
    }

    deinit {
        try? input.close()  // Closed or not, there is nothing more to do.
    }

    func write(_ line: String) {
        try? input.write(contentsOf: Data("\(line)\n".utf8))  // The missing answer will tell.
    }

    /// For one caller at a time.
    func nextLine() async -> String? {
        // Iterators of one stream take from one buffer.
        var iterator = lines.makeAsyncIterator()
        return await iterator.next()
    }

    func errors() -> String { collected.withLockedValue { $0 } }

    private static func read(
        _ handle: FileHandle, _ take: @escaping @Sendable (String) -> Void,
        atEnd: @escaping @Sendable () -> Void
    ) {
        Thread.detachNewThread {
            var rest = Data()
            while case let data = handle.availableData, !data.isEmpty {
                rest += data
                while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                    take(String(decoding: rest[..<end], as: UTF8.self))
                    rest = Data(rest[rest.index(after: end)...])
                }
            }
            atEnd()
        }
    }
}
