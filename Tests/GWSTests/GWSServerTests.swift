import Testing

@testable import GWS

struct GWSServerTests {
    @Test(arguments: [
        ("http://gws:8090", "http://gws:8090/api/v2/me"), ("https://gws/", "https://gws/api/v2/me"),
        ("http://gws:8090/api/v2", "http://gws:8090/api/v2/me"),
        ("http://gws/some/prefix/", "http://gws/some/prefix/api/v2/me"),
        ("http://[::1]:80", "http://[::1]:80/api/v2/me"),
    ])
    func `an address is taken with or without the API's own path`(url: String, address: String) throws {
        #expect(try GWSServer(url: url).address(of: "/me") == address)
    }

    @Test(arguments: [
        "", "gws", "gws:8090", "ftp://gws", "http://", "http://u:p@gws", "http://gws?x=1", "http://g w s",
    ])
    func `what is no address is refused`(url: String) throws {
        let error = #expect(throws: GWSError.self) { try GWSServer(url: url) }
        #expect(error?.remedy == .changeConfiguration)
    }

    @Test func `a CA file without certificates is refused`() throws {
        let server = try GWSServer(url: "https://gws", caFile: "/dev/null")
        #expect(throws: GWSError.self) { try HTTPTransport(server: server) }
    }
}
