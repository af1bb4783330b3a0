import Bridge
import Testing

struct RoutingKeyTests {
    @Test func `a call's event is keyed by call and type`() {
        let key = RoutingKey(.call, "00RV9H7S6O8V3BSHAG7GK2LAES00002M", ["CallRecordingStateChange"])
        #expect(key.text == "call.00RV9H7S6O8V3BSHAG7GK2LAES00002M.CallRecordingStateChange")
    }

    @Test(arguments: [
        ("a-b_c:d@e9Z", "a-b_c:d@e9Z"), ("a.b", "a%2Eb"), ("*", "%2A"), ("#", "%23"), ("ü", "%C3%BC"),
        ("a b/c%", "a%20b%2Fc%25"), ("~x", "%7Ex"), ("😀", "%F0%9F%98%80"),
    ])
    func `a segment is encoded so that it stays one and is no wildcard`(id: String, encoded: String) {
        #expect(RoutingKey.encode(id) == encoded)
        #expect(RoutingKey(.call, id, ["T"]).text == "call.\(encoded).T")
        #expect(RoutingKey.segments(of: "command.\(encoded).Hold") == ["command", id, "Hold"])
    }

    @Test func `an id that makes the key too long gives way to its digest`() {
        let fits = String(repeating: "x", count: 255 - "call..T".count)
        #expect(RoutingKey(.call, fits, ["T"]).text.utf8.count == 255)
        let key = RoutingKey(.call, fits + "x", ["T"])
        #expect(key.text.hasPrefix("call.~"))
        #expect(key.text.utf8.count == "call.~.T".count + 32)
        let dots = String(repeating: ".", count: 100)
        #expect(
            RoutingKey(.call, dots, ["T"]).text == "call.~d4d79b146ba203be0bf2fe0a86f30b46.T")
    }

    @Test func `however long the segments are the key fits`() {
        let long = String(repeating: "N", count: 400)
        let key = RoutingKey(.call, "id", [long, "refused"])
        #expect(key.text.utf8.count <= RoutingKey.longest)
        #expect(key.text.hasSuffix(".-.-"))
    }

    @Test func `an empty segment holds its place`() {
        #expect(RoutingKey(.agent, "", ["-"]).text == "agent.-.-")
    }

    /// To Swift it is one character with the dot, to a broker the next segment's first.
    @Test func `a dot with a combining mark behind it ends a segment`() {
        let key = "command.\u{301}5001.Hold"
        #expect(RoutingKey.segments(of: key) == ["command", "\u{301}5001", "Hold"])
    }

    @Test(arguments: ["command.%.x", "command.%2.x", "command.%GG.x", "command.%FF.x"])
    func `a key that is not what encoding gives has no segments`(key: String) {
        #expect(RoutingKey.segments(of: key) == nil)
    }
}
