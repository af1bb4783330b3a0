import GWS
import Testing

@testable import gws_bridge

/// Bytes of a terminal made keys, and keys made operations.
@Suite struct KeyTests {
    private var reader = KeyReader()

    @Test(arguments: [
        ("aB:", [Key.text("a"), .text("B"), .text(":")]), ("\r\n", [.enter, .enter]),
        ("\u{1B}[A\u{1B}OB", [.up, .down]),
        ("\u{3}\u{1A}\u{15}\t\u{7F}", [.interrupt, .suspend, .eraseLine, .tab, .backspace]),
        ("\u{1B}[1;5Cx", [.text("x")]), ("\u{1B}[3~x", [.text("x")]), ("\u{1B}hx", [.escape, .text("x")]),
        ("\u{1B}[200~a\rq\u{1B}[201~q", [.pasted("a"), .pasted(" "), .pasted("q"), .text("q")]),
        ("é漢", [.text("é"), .text("漢")]), ("\0", []), ("\u{1B}\u{1B}[A", [.escape, .up]),
        ("\u{1B}[[Ax", [.text("x")]), ("\u{1B}[1\u{1B}[A", [.up]), ("\u{1B}[1\rx", [.enter, .text("x")]),
    ])
    mutating func `bytes are keys`(typed: String, keys: [Key]) {
        #expect(reader.keys(of: Array(typed.utf8)) == keys)
    }

    @Test mutating func `a character that comes in two halves is one key`() {
        #expect(reader.keys(of: [0xC3]).isEmpty)
        #expect(reader.keys(of: [0xA9, 0x61]) == [.text("é"), .text("a")])
    }

    @Test(arguments: [
        ("\u{1B}[A", [Key.up]), ("\u{1B}OB", [.down]), ("\u{1B}[1;5C", []), ("\u{1B}[[A", []),
        ("\u{1B}[200~q\u{1B}[201~", [.pasted("q")]), ("漢", [.text("漢")]),
    ])
    func `a key is the same wherever it is cut in two`(typed: String, keys: [Key]) {
        let bytes = Array(typed.utf8)
        for position in bytes.indices {
            var reader = KeyReader()
            let first = reader.keys(of: Array(bytes[..<position]))
            #expect(first + reader.keys(of: Array(bytes[position...])) == keys, "cut at \(position)")
        }
    }

    @Test(arguments: ["\u{1B}", "\u{1B}[", "\u{1B}O"])
    mutating func `an escape after which nothing comes is the key`(typed: String) {
        #expect(reader.keys(of: Array(typed.utf8)).isEmpty)
        #expect(reader.keysAfterPause() == [.escape])
        #expect(reader.keysAfterPause().isEmpty)
        #expect(reader.keys(of: Array("A".utf8)) == [.text("A")])
    }

    @Test mutating func `a sequence that never ends is not waited for`() {
        #expect(reader.keys(of: Array("\u{1B}[".utf8) + Array(repeating: 0x31, count: 100)).isEmpty)
        #expect(reader.keys(of: Array("q".utf8)) == [.text("q")])
        #expect(reader.keys(of: Array("\u{1B}[1;".utf8)).isEmpty && reader.keysAfterPause().isEmpty)
        #expect(reader.keys(of: Array("q".utf8)) == [.text("q")])
    }

    @Test mutating func `bytes that are no text are no keys`() {
        #expect(reader.keys(of: [0xFF, 0x80, 0xC3, 0x28, 0x61]).last == .text("a"))
    }

    @Test func `the letters are those that one expects`() {
        let letters = KeyAssignment(OperationCatalogue.all)
        for (operation, letter) in [
            ("Answer", "a"), ("Hold", "h"), ("Retrieve", "r"), ("Hangup", "H"), ("MuteCall", "m"),
            ("StartCallRecording", "s"), ("StopCallRecording", "S"), ("PauseCallRecording", "p"),
            ("InitiateTransfer", "i"), ("SingleStepTransfer", "t"),
        ] as [(String, Character)] {
            #expect(letters[operation] == letter)
        }
    }

    @Test func `every operation of a call has a letter of its own, and none leaves`() {
        let letters = KeyAssignment(OperationCatalogue.all)
        let names = OperationCatalogue.all.filter { $0.target == .call }.map(\.name)
        let given = names.compactMap { letters[$0] }
        #expect(given.count == names.count && Set(given).count == names.count)
        #expect(!given.contains("q"))
    }

    @Test func `a letter once given stays, and when there are none left there are none left`() {
        var letters = KeyAssignment(["Answer"])
        for number in 0..<100 { letters.assign("Answer\(number)") }
        #expect(letters["Answer"] == "a")
        #expect(letters.operations.count == 51)
        #expect(letters["Answer99"] == nil)
    }
}
