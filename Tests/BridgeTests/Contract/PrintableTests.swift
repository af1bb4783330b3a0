import Bridge
import Testing

struct PrintableTests {
    @Test(arguments: [
        ("Größe 😀", "Größe 😀"), ("a\nb", "a\\u{A}b"), ("\u{1B}[2J", "\\u{1B}[2J"),
        ("\u{9B}x\u{202E}", "\\u{9B}x\\u{202E}"), ("e\u{301}", "e\u{301}"),
        ("5\u{200B}0\u{FEFF}1", "5\\u{200B}0\\u{FEFF}1"),
    ])
    func `what somebody else wrote stays on one line and drives no terminal`(text: String, printable: String)
    {
        #expect(text.printable == printable)
    }

    @Test(
        arguments: [
            // What turns the direction, what is not seen, and what ends a line.
            0x061C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069,
            0x00AD, 0x180E, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0xE0001, 0xE0041, 0x2028, 0x2029,
        ] as [UInt32])
    func `nothing that cannot be seen is let through`(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect("a\(scalar)b".printable == "a\\u{\(String(value, radix: 16, uppercase: true))}b")
    }
}
