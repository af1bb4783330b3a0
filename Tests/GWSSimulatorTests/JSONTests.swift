import GWSSimulator
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        #"{"b":1,"a":[true,false,null],"b":"again"}"#, #"[1.50,-0,1e9]"#, #""\u0001\n\"\\ü""#, "{}", "[]",
    ])
    func `what is read is written as it stood`(text: String) throws {
        #expect(try JSON(parsing: text).serialized == text)
    }

    @Test(arguments: [
        "", "{", "[1,]", #"{"a":1,}"#, "01", "nul", #""\x""#, #""\ud800""#, "[1] 2", "'a'", "{1:2}",
    ])
    func `what is not JSON is not read`(text: String) {
        #expect(throws: JSON.ParsingError.self) { try JSON(parsing: text) }
    }

    @Test func `a surrogate pair is one character`() throws {
        #expect(try JSON(parsing: #""\ud83d\ude00""#).string == "😀")
    }

    @Test func `nesting beyond reason is refused rather than followed`() {
        #expect(throws: JSON.ParsingError.self) {
            try JSON(parsing: String(repeating: "[", count: 100_000))
        }
    }
}
