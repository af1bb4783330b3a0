import Testing

@testable import GWS

struct SessionHeadersTests {
    private var headers = SessionHeaders(basePath: "/api/v2")

    private mutating func set(_ cookies: String..., path: String = "/api/v2/me", now: Int64 = 0) {
        _ = headers.absorb(cookies.map { (name: "Set-Cookie", value: $0) }, path: path, now: now)
    }

    private func cookies(_ path: String = "/api/v2/me/calls/1", now: Int64 = 0) -> String? {
        headers.cookieHeader(for: path, now: now)
    }

    @Test mutating func `all cookies are kept and sent`() {
        set(
            "JSESSIONID=abc.node0;Path=/", "BAYEUX_BROWSER=x1; Path=/; HttpOnly",
            "AWSELB=F0; PATH=/; MAX-AGE=60", "quoted=\"a=b\"; path=/")
        #expect(cookies() == "JSESSIONID=abc.node0; BAYEUX_BROWSER=x1; AWSELB=F0; quoted=\"a=b\"")
        #expect(headers.isUniform)
    }

    @Test mutating func `a later value replaces the earlier`() {
        set("JSESSIONID=a;Path=/", "JSESSIONID=b;Path=/")
        #expect(cookies() == "JSESSIONID=b")
        #expect(headers.httpSession == "b")
    }

    @Test mutating func `a cookie goes only to its path`() {
        set("a=1;Path=/api", "b=2;Path=/api/v2/notifications", "c=3;Path=/api/v", "d=4;Path=/other")
        #expect(cookies("/api/v2/me") == "a=1")
        #expect(cookies("/api/v2/notifications") == "b=2; a=1")
        #expect(!headers.isUniform)
    }

    @Test mutating func `a cookie without a path belongs to the directory of what set it`() {
        set("a=1", path: "/api/v2/me")
        set("b=2", path: "/api/v2/me/calls")
        #expect(cookies("/api/v2/notifications") == "a=1")
        #expect(cookies("/api/v2/me/calls/1") == "b=2; a=1")
    }

    @Test mutating func `cookies expire`() {
        set("a=1;Path=/;Max-Age=10", "b=2;Path=/;Expires=Thu, 01-Jan-1970 00:00:20 GMT", now: 0)
        #expect(cookies(now: 5) == "a=1; b=2")
        #expect(cookies(now: 15) == "b=2")
        #expect(cookies(now: 25) == nil)
        #expect(headers.expiry == 10)
    }

    @Test(arguments: [
        "a=;Path=/;Max-Age=0", "a=;Path=/;Expires=Thu, 01 Jan 1970 00:00:00 GMT", "a=;Path=/;Max-Age=-1",
    ])
    mutating func `a cookie that has expired is deleted`(deletion: String) {
        set("a=1;Path=/")
        set(deletion, now: 1_700_000_000)
        #expect(cookies(now: 1_700_000_000) == nil)
    }

    @Test(arguments: ["", "=", "=x", ";", "novalue", ";;;=", "a=1;Path=/;Max-Age=99999999999999999999"])
    mutating func `strange cookies do no harm`(cookie: String) {
        set(cookie)
        _ = cookies()
    }

    @Test mutating func `a secure cookie is sent without TLS too`() {
        set("a=1;Path=/;Secure;HttpOnly;SameSite=Lax")
        #expect(cookies() == "a=1")
    }

    @Test mutating func `the one CSRF header names the other`() {
        _ = headers.absorb(
            [
                (name: "x-csrf-header", value: "X-MY-TOKEN"), (name: "x-my-token", value: "t1"),
                (name: "X-CSRF-TOKEN", value: "t0"),
            ], path: "/", now: 0
        )
        #expect(headers.csrfName == "X-MY-TOKEN")
        #expect(headers.csrfToken == "t1")
        _ = headers.absorb([(name: "X-CSRF-TOKEN", value: "t2")], path: "/", now: 0)
        #expect(headers.csrfToken == "t2")
    }

    @Test mutating func `it tells whether anything changed`() {
        let first = headers.absorb([(name: "Set-Cookie", value: "a=1;Path=/")], path: "/", now: 0)
        let second = headers.absorb([(name: "Content-Type", value: "text/plain")], path: "/", now: 0)
        #expect(first)
        #expect(!second)
    }
}
