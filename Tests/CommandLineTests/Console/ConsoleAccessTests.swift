import Testing

@testable import gws_bridge

@Suite struct ConsoleAccessTests {
    @Test(arguments: [
        "127.0.0.1:9180", "localhost", "localhost:9180", "[::1]:9180", "bridge:9180", "10.1.2.3",
        "console.example",
    ])
    func `an address, a name without dots and the configured name are ours`(authority: String) {
        let access = ConsoleAccess(token: nil, host: "console.example")
        #expect(access.refusal(authorization: nil, authority: authority) == nil)
    }

    @Test(arguments: ["evil.example", "evil.example:9180", "127.0.0.1.evil.example", "1.2.3.400", "", "a.b"])
    func `any other name may be anybody's`(authority: String) {
        let access = ConsoleAccess(token: nil, host: "127.0.0.1")
        #expect(access.refusal(authorization: nil, authority: authority) == .foreignName)
    }

    @Test(arguments: [
        ("Bearer t0ken", true), ("bearer  t0ken ", true), ("Bearer t0ke", false), ("t0ken", false),
        ("", false),
    ])
    func `with a token it is the token that counts`(authorization: String, isRight: Bool) {
        let access = ConsoleAccess(token: "t0ken", host: "127.0.0.1")
        let refusal = access.refusal(authorization: authorization, authority: "evil.example")
        #expect(refusal == (isRight ? nil : .unauthorized))
    }
}
