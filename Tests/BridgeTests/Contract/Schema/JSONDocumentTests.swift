import Testing

@testable import Bridge

struct JSONDocumentTests {
    @Test func `what fits on a line stands on one, and what does not is broken up, in the order given`() {
        let document: JSONDocument = [
            "z": 1, "a": [true, .null, "\u{1}\""], "empty": [:], "none": [], "raw": .text(#"{"n":1.50}"#),
            "long": ["text": .string(String(repeating: "x", count: 90)), "n": -1],
        ]
        #expect(
            document.pretty == #"""
                {
                  "z": 1,
                  "a": [true, null, "\u0001\""],
                  "empty": {},
                  "none": [],
                  "raw": {"n":1.50},
                  "long": {
                    "text": "\#(String(repeating: "x", count: 90))",
                    "n": -1
                  }
                }

                """#)
    }
}
