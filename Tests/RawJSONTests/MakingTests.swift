import RawJSON
import Testing

struct MakingTests {
    private func json(_ text: String) throws -> RawJSON {
        try RawJSON(Array(text.utf8), limits: RawJSON.Limits(allowsDuplicateKeys: true))
    }

    @Test func `a value is made of its parts, as they stand`() throws {
        let made = RawJSON(members: [
            "a\"": RawJSON(string: "\n\u{E9}"),
            "b": RawJSON(elements: [try json(" 1.50 "), RawJSON(members: [:]), RawJSON(elements: [])]),
        ])
        #expect(made.description == #"{"a\"":"\u000aé","b":[1.50,{},[]]}"#)
        #expect(try RawJSON(Array(made.bytes)) == made)
    }

    @Test(arguments: [
        (#"{ "a" : [1, 2] , "b":2 }"#, #"{ "a" : "x" , "b":2 }"#), (#"{"b":2 }"#, #"{"b":2 ,"a":"x"}"#),
        ("{ }", #"{ "a":"x"}"#),
        (#"{"a":1,"b":{"a":1},"\u0061":{}}"#, #"{"a":"x","b":{"a":1},"\u0061":"x"}"#),
        (#"["a"]"#, #"["a"]"#), ("7", "7"),
    ])
    func `one member's value is replaced, and all else stays`(before: String, after: String) throws {
        let replaced = try json(before).replacing("a", with: RawJSON(string: "x"))
        #expect(replaced.description == after)
        _ = try json(replaced.description)
    }

    @Test func `a value within another text is replaced by itself`() throws {
        let outer = try json(#"[{"a":1},{"a":2}]"#)
        let inner = outer.elements.map { $0.replacing("a", with: outer) }
        #expect(inner.map(\.description) == [#"{"a":[{"a":1},{"a":2}]}"#, #"{"a":[{"a":1},{"a":2}]}"#])
    }
}
