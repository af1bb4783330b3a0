import Testing

@testable import GWS

struct AgentCredentialsTests {
    private struct Holder {
        let credentials = AgentCredentials(agent: "5001", userName: "user", password: "s3cret")
    }

    @Test func `no way of showing them shows the password`() {
        let holder = Holder()
        var dumped = ""
        dump(holder, to: &dumped)
        let shown = [
            dumped, "\(holder)", String(reflecting: holder), "\(holder.credentials)",
            String(reflecting: holder.credentials),
            "\(Mirror(reflecting: holder.credentials).children.map(\.value))",
        ]
        #expect(shown.allSatisfy { !$0.contains("s3cret") })
        #expect(dumped.contains("user"))
    }
}
