import RawJSON
import Testing

/// Values are skipped several bytes at a time; wherever in them the bytes of note are.
struct SkippingTests {
    private static let ofNote = [
        #"\""#, #"\\"#, #"\\\""#, #"\u0022"#, "{", "}", "[", "]", "{}[]", "\u{7B}\u{DB}", "é", "𝄞", ",", ":",
        "!", "#", "|", "~",
    ]

    /// A string with this at every place of strings of every length.
    private static func strings(with part: String) -> [String] {
        (0...24).flatMap { length in
            (0...length).map { place in
                "\"" + String(repeating: "a", count: place) + part
                    + String(repeating: "b", count: length - place) + "\""
            }
        }
    }

    @Test(arguments: ofNote) func `strings are skipped to their end`(part: String) throws {
        for string in Self.strings(with: part) { try check(string) }
    }

    @Test(arguments: ofNote) func `objects and arrays are skipped to their end`(part: String) throws {
        for string in Self.strings(with: part) {
            try check("[\(string)]")
            try check("{\(string):[{\(string):[]},\(string)]}")
        }
    }

    private func check(_ value: String) throws {
        let json = try RawJSON(Array(#"{"first":\#(value),"last":1}"#.utf8))
        #expect(json["last"]?.int == 1, "\(value)")
        #expect(json["first"]?.description == value)
        let list = try RawJSON(Array("[\(value),1]".utf8))
        #expect(list.elements.map(\.description) == [value, "1"])
    }
}
