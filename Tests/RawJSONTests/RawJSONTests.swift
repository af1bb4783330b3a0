import RawJSON
import Testing

private func json(_ text: String, _ limits: RawJSON.Limits = .init()) throws(RawJSONError) -> RawJSON {
    try RawJSON(Array(text.utf8), limits: limits)
}

struct RawJSONTests {
    @Test func `a value keeps its bytes`() throws {
        let text = #"{ "a" : 1.50e+3 , "b":[ {"c" : "é\n"}, null ] }"#
        let value = try json("  " + text + "\n")
        #expect(value.description == text)
        #expect(value["a"]?.description == "1.50e+3")
        #expect(value["b"]?.description == #"[ {"c" : "é\n"}, null ]"#)
        #expect(value.members.map(\.key) == ["a", "b"])
        let elements = try #require(value["b"]).elements.map(\.description)
        #expect(elements == [#"{"c" : "é\n"}"#, "null"])
    }

    @Test func `kinds and plain values`() throws {
        let value = try json(#"[{}, [], "x", -12, true, false, null, 1.5, 12345678901234567890]"#)
        let elements = Array(value.elements)
        #expect(
            elements.map(\.kind) == [
                .object, .array, .string, .number, .boolean, .boolean, .null, .number, .number,
            ])
        #expect(elements[2].string == "x")
        #expect(elements[3].int == -12)
        #expect(elements[4].bool == true)
        #expect(elements[5].bool == false)
        #expect(elements[7].int == nil)
        #expect(elements[7].double == 1.5)
        #expect(elements[8].int == nil)
        #expect(elements[2].int == nil)
        #expect(elements[0].members.map(\.key).isEmpty)
        #expect(Array(elements[1].elements).isEmpty)
    }

    @Test(arguments: [
        (#""\u0041\n\"\\\/\b\f\r\t""#, "A\n\"\\/\u{8}\u{C}\r\t"), (#""\ud83d\ude00""#, "😀"),
        (#""\ud83d""#, "\u{FFFD}"),
        (#""\ud83dx""#, "\u{FFFD}x"), (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"), (#""ü€𝄞""#, "ü€𝄞"),
        (#""""#, ""),
    ])
    func `strings are unescaped`(text: String, expected: String) throws {
        #expect(try json(text).string == expected)
    }

    @Test(arguments: [
        ("", RawJSONError.Reason.endOfText), ("{", .endOfText), ("[1,", .endOfText),
        (#"{"a":1,}"#, .unexpectedByte),
        ("[1,]", .unexpectedByte), ("01", .invalidNumber), ("-", .invalidNumber), ("1.", .invalidNumber),
        ("1e", .invalidNumber), (".5", .unexpectedByte), ("nul", .endOfText), ("nulL", .unexpectedByte),
        ("1 2", .trailingBytes), ("{} x", .trailingBytes), (#"{"a":1,"a":2}"#, .duplicateKey),
        (#"{"a":1,"\u0061":2}"#, .duplicateKey), ("\"a\nb\"", .controlCharacter), (#""\x""#, .invalidEscape),
        (#""\u00g0""#, .invalidEscape), (#"{a:1}"#, .unexpectedByte), ("NaN", .unexpectedByte),
        ("\"", .endOfText),
        (#"{"a" 1}"#, .unexpectedByte), (#"["#, .endOfText), (#"{"a":[{"b":1,"b":2}]}"#, .duplicateKey),
    ])
    func `what is not JSON is refused with its reason`(text: String, reason: RawJSONError.Reason) {
        let error = #expect(throws: RawJSONError.self) { try json(text) }
        #expect(error?.reason == reason)
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22],
            [0x22, 0xE2, 0x82, 0x22, 0x22], [0x22, 0xF0, 0x8F, 0xBF, 0xBF, 0x22],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused`(text: [UInt8]) {
        let error = #expect(throws: RawJSONError.self) { try RawJSON(text) }
        #expect(error?.reason == .invalidUTF8)
    }

    @Test func `depth is bounded`() throws {
        let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        _ = try json(deep, .init(depth: 32))
        let error = #expect(throws: RawJSONError.self) { try json("[\(deep)]", .init(depth: 32)) }
        #expect(error?.reason == .tooDeep)
        let hostile = String(repeating: "[{\"a\":", count: 500_000)
        #expect(throws: RawJSONError.self) { try json(hostile) }
    }

    @Test func `where duplicates are allowed the first is found`() throws {
        let value = try json(#"{"a":1,"a":2}"#, .init(allowsDuplicateKeys: true))
        #expect(value["a"]?.int == 1)
        #expect(value.members.map(\.key) == ["a", "a"])
    }

    @Test func `two spellings of an accented letter are two keys`() throws {
        #expect(try json("{\"\u{E9}\":1,\"e\u{301}\":2}").members.map(\.value.int) == [1, 2])
    }

    @Test func `an escaped key is not found by another spelling of its letter`() throws {
        let value = try json(#"{"\u00e9":1,"e\u0301":2,"\u212a":3}"#)
        #expect(value["\u{E9}"]?.int == 1)
        #expect(value["e\u{301}"]?.int == 2)
        // The sign of the kelvin is to Swift this letter.
        #expect(value["K"] == nil)
    }

    @Test func `an escaped key is found by its meaning`() throws {
        #expect(try json(#"{"\u0061gent":"5001"}"#)["agent"]?.string == "5001")
    }

    @Test(arguments: ["", "plain", "\"\\/\u{1}\n", "😀é"])
    func `a quoted string reads back`(text: String) throws {
        #expect(try RawJSON(RawJSON.quoted(text)).string == text)
    }

    @Test func `no text of a few bytes crashes`() {
        let alphabet = Array(#"{}[]",:\u0e-t1."#.utf8) + [0x80, 0xC3, 0x00]
        var texts: [[UInt8]] = [[]]
        for _ in 0..<4 {
            texts = texts.flatMap { text in alphabet.map { text + [$0] } }
            for text in texts {
                // Most are not JSON; reading the rest is the test.
                guard let value = try? RawJSON(text) else { continue }
                _ = value.members.map { ($0.key, $0.value.description) }
                _ = (value.elements.map(\.description), value.string, value.int, value.double)
            }
        }
        #expect(texts.count == alphabet.count * alphabet.count * alphabet.count * alphabet.count)
    }
}
