import Foundation
import TestSupport
import Testing

@testable import gws_bridge

/// Writing where not everything is taken at once.
@Suite struct TerminalTests {
    private static let more = [UInt8](repeating: 0x61, count: 1 << 20)

    private func withPipe(
        isNonBlocking: Bool, _ body: (_ terminal: Terminal, _ pipe: Pipe) throws -> Void
    ) rethrows {
        let pipe = Process.inTurn { Pipe() }
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        if isNonBlocking { _ = fcntl(descriptor, F_SETFL, O_NONBLOCK) }
        try body(Terminal(descriptor: descriptor, isColoured: false), pipe)
    }

    @Test(arguments: [true, false])
    func `writing ends where nothing more is taken`(isNonBlocking: Bool) {
        withPipe(isNonBlocking: isNonBlocking) { terminal, _ in
            #expect(!terminal.write(Self.more, until: .now + .milliseconds(50)))
        }
    }

    @Test(arguments: [Duration.seconds(20), nil])
    func `all is written where it is taken piece by piece`(limit: Duration?) throws {
        try withPipe(isNonBlocking: true) { terminal, pipe in
            let reading = pipe.fileHandleForReading
            Thread.detachNewThread {
                while !reading.availableData.isEmpty {}
            }
            #expect(terminal.write(Self.more, until: limit.map { .now + $0 }))
            try pipe.fileHandleForWriting.close()
        }
    }
}
