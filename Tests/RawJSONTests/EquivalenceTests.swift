import RawJSON
import Testing

struct EquivalenceTests {
    private func json(_ text: String) throws -> RawJSON {
        try RawJSON(Array(text.utf8), limits: RawJSON.Limits(depth: 512, allowsDuplicateKeys: true))
    }

    private func isEquivalent(_ one: String, _ other: String) throws -> Bool {
        let (one, other) = (try json(one), try json(other))
        let forth = one.isEquivalent(to: other)
        #expect(forth == other.isEquivalent(to: one))
        return forth
    }

    @Test(arguments: [
        ("{}", " { } "), (#"{"a":1,"b":[2,{"c":null}]}"#, #"{ "b" : [ 2, {"c":null} ], "a" : 1 }"#),
        (#""\u0041\/""#, #""A/""#), (#"{"\u0061":1}"#, #"{"a":1}"#), (#""\ud83d\ude00""#, #""😀""#),
        (#"{"a":{"x":1,"y":2}}"#, #"{"a":{"y":2,"x":1}}"#),
        (#"{"a":1,"b":0,"a":2}"#, #"{"b":0,"a":1,"a":2}"#),
    ])
    func `how it is written does not matter`(one: String, other: String) throws {
        #expect(try isEquivalent(one, other))
    }

    @Test(arguments: [
        ("1", "1.0"), ("1", "\"1\""), ("true", "false"), ("null", "false"), ("{}", "[]"), ("[1,2]", "[2,1]"),
        ("[1]", "[1,1]"), ("[]", "[1]"), (#"{"a":1}"#, #"{"a":2}"#), (#"{"a":1}"#, #"{"b":1}"#),
        (#"{"a":1}"#, #"{"a":1,"b":null}"#), (#"{"a":{"b":{"c":"x"}}}"#, #"{"a":{"b":{"c":"y"}}}"#),
        (#"{"a":1,"a":2}"#, #"{"a":2,"a":1}"#), (#"{"a":1,"a":2}"#, #"{"a":1}"#),
        ("\"\u{E9}\"", "\"e\u{301}\""), ("{\"\u{E9}\":1}", "{\"e\u{301}\":1}"),
        (#""\ud83d""#, #""\ud83e""#), (#"{"\ud83d":1}"#, #"{"\ud83e":1}"#),
    ])
    func `what says something else is different`(one: String, other: String) throws {
        #expect(try !isEquivalent(one, other))
    }

    @Test func `members that are not looked at, and arrays without order, are those of the object itself`()
        throws
    {
        func isEquivalent(_ one: String, _ other: String) throws -> Bool {
            try json(one).isEquivalent(to: json(other), ignoring: ["t"], unordered: ["s"])
        }
        #expect(try isEquivalent(#"{"t":1,"s":["a","b","a"]}"#, #"{"s":["a","a","b"],"t":2}"#))
        #expect(try isEquivalent(#"{"t":1}"#, "{}"))
        #expect(try !isEquivalent(#"{"s":["a","b","a"]}"#, #"{"s":["a","b","b"]}"#))
        #expect(try !isEquivalent(#"{"s":["a"]}"#, #"{"s":"a"}"#))
        #expect(try !isEquivalent(#"{"u":["a","b"]}"#, #"{"u":["b","a"]}"#))
        #expect(try !isEquivalent(#"{"in":{"t":1}}"#, #"{"in":{"t":2}}"#))
        #expect(try !isEquivalent(#"{"in":{"s":[1,2]}}"#, #"{"in":{"s":[2,1]}}"#))
    }

    @Test func `what is nested as deep as GWS may nest it is compared`() throws {
        func nested(_ inner: String) -> String {
            String(repeating: #"{"a":["#, count: 250) + inner + String(repeating: "]}", count: 250)
        }
        #expect(try isEquivalent(nested(#"{"x":1,"y":2}"#), nested(#"{"y":2, "x":1}"#)))
        #expect(try !isEquivalent(nested("1"), nested("2")))
    }
}
