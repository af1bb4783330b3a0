import Bridge
import Testing

struct PatternTests {
    @Test(arguments: [
        ("Hold", "Hold"), ("*", "Hold"), ("*", ""), ("", ""), ("**", "x"), ("Ho*", "Hold"), ("*ld", "Hold"),
        ("H*d", "Hold"), ("H*d", "Hd"), ("*o*", "Hold"), ("desk-*-a", "desk-a-a"), ("*a*ab", "aaab"),
        ("a*b*c", "a-b-b-c-c"), ("*5*01", "55001"), ("[a].?", "[a].?"), ("ü*", "über"), ("*😀", "x😀"),
    ])
    func `a star stands for any text, and all else for itself`(pattern: String, text: String) {
        #expect(Pattern(pattern).matches(text))
    }

    @Test(arguments: [
        ("Hold", "hold"), ("Hold", "Holds"), ("Hold", "Hol"), ("", "x"), ("Ho*", "ho"), ("*ld", "Holds"),
        ("a*a", "a"), ("a*b*c", "acb"), (".", "x"), ("?", "x"), ("[ab]", "a"), ("desk*", "a desk"),
        ("5001", "5001\n"),
    ])
    func `what differs does not match, be it only by case`(pattern: String, text: String) {
        #expect(!Pattern(pattern).matches(text))
    }

    /// A matcher that goes back to every star would not live to see their end.
    @Test(arguments: ["*a", "a*", "*", "a", "*aa*aa"])
    func `no pattern takes long`(part: String) {
        let text = String(repeating: "a", count: 2_000)
        let pattern = Pattern("*" + String(repeating: part, count: 500) + "b")
        let took = ContinuousClock().measure { #expect(!pattern.matches(text)) }
        #expect(took < .seconds(10))
        #expect(pattern.matches(text + "b"))
    }
}
