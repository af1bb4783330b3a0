import AMQP
import TestSupport
import Testing

@testable import gws_bridge

struct DropLettersTests {
    @Test func `what is named is gone, and the others stay in their order`() async throws {
        try await withLetters((1...50).map { "c\($0)" }) { letters in
            let ended = try await letters.run("drop", "c7", "c30", "c7")
            #expect(ended.code == 0)
            #expect(ended.output.hasSuffix("\ndropped 2\n"))
            let rest = (1...50).filter { $0 != 7 && $0 != 30 }.map { "c\($0)" }
            #expect(try await letters.ids() == rest)
        }
    }

    @Test func `all that the filters leave`() async throws {
        try await withLetters(["c1", "c2"]) { letters in
            try await letters.publish([.deadLetter("c3", prefix: letters.prefix, reason: "cut")])
            #expect(try await letters.run("drop", "--all", "--reason", "cut").output.hasSuffix("dropped 1\n"))
            #expect(try await letters.ids() == ["c1", "c2"])
            #expect(try await letters.run("drop", "--all").code == 0)
            #expect(try await letters.ids() == [])
        }
    }

    @Test func `a dry run removes nothing`() async throws {
        try await withLetters(["c1"]) { letters in
            let ended = try await letters.run("drop", "--all", "--dry-run")
            #expect(ended.output == "would drop c1: Hold call 00RV of 5001\nwould drop 1\n")
            #expect(try await letters.ids() == ["c1"])
        }
    }

    @Test func `an id that is not there is said, and the rest is done`() async throws {
        try await withLetters(["c1", "c2"]) { letters in
            let ended = try await letters.run("drop", "c9", "c1")
            #expect(ended.code == 2)
            #expect(ended.output.hasPrefix("not there: c9\n"))
            #expect(ended.output.hasSuffix("dropped 1, not there 1\n"))
            #expect(try await letters.ids() == ["c2"])
        }
    }

    @Test func `one id may stand for several letters`() async throws {
        try await withLetters(["c1", "c2", "c1"]) { letters in
            let ended = try await letters.run("drop", "c1")
            #expect(ended.code == 0)
            #expect(ended.error == "gws-bridge: c1 stands for 2 letters\n")
            #expect(try await letters.ids() == ["c2"])
        }
    }
}
