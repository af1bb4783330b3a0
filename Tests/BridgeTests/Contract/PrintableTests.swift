import Bridge
import Testing

struct PrintableTests {
    @Test(arguments: [
        ("Größe 😀", "Größe 😀"), ("a\nb", "a\\u{A}b"), ("\u{1B}[2J", "\\u{1B}[2J"),
        ("\u{9B}x\u{202E}", "\\u{9B}x\\u{202E}"),
    ])
    func `what somebody else wrote stays on one line and drives no terminal`(text: String, printable: String)
    {
        #expect(text.printable == printable)
    }
}
