import GWSSimulator
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct LoginTests {
    @Test func `without credentials every resource answers 403 with statusCode 20`() async throws {
        try await withSimulator { _, url in
            let reply = try await Browser(url).get("/api/v2/me")
            #expect(reply.status == 403)
            #expect(reply.body == #"{"statusCode":20,"statusMessage":"Access denied"}"#)
        }
    }

    @Test func `a wrong password is not let in`() async throws {
        try await withSimulator { _, url in
            let reply = try await Browser(url, "5001:wrong").get("/api/v2/me", withCredentials: true)
            #expect(reply.status == 403)
        }
    }

    @Test func `after a login with Basic the cookie alone suffices`() async throws {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            #expect(await browser.cookies["JSESSIONID"]?.hasSuffix(".node0") == true)
            let reply = try await browser.get("/api/v2/me")
            #expect(try reply.json["user"]?["userName"]?.string == "5001")
        }
    }

    @Test func `the session cookie without its worker suffix is nobody's`() async throws {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            let cookie = await browser.cookies["JSESSIONID"]
            await browser.setCookie("JSESSIONID", cookie.map { String($0.prefix { $0 != "." }) })
            #expect(try await browser.get("/api/v2/me").status == 403)
        }
    }

    @Test func `the load balancer's cookie must come back, if there is a load balancer`() async throws {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            await browser.setCookie("AWSELB", nil)
            #expect(try await browser.get("/api/v2/me").status == 403)
        }
        var configuration = SimulatorConfiguration()
        configuration.hasLoadBalancer = false
        try await withSimulator(configuration) { _, url in
            let browser = try await Browser.loggedIn(at: url)
            #expect(await browser.cookies["AWSELB"] == nil)
            #expect(try await browser.get("/api/v2/me").status == 200)
        }
    }

    @Test func `a POST needs the token that a GET of the same session showed`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            let token = await browser.csrfToken
            await browser.setToken(nil)
            let refused = try await browser.operate("Answer", on: call)
            #expect(refused.status == 403)
            #expect(refused.body == "Missing or invalid Csrf token")
            await browser.setToken(token)
            #expect(try await browser.operate("Answer", on: call).status == 200)
        }
    }

    @Test func `a changed token is shown by the next GET`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            await simulator.changeCSRFTokens(of: "5001")
            #expect(try await browser.operate("Answer", on: call).status == 403)
            _ = try await browser.get("/api/v2/me")
            #expect(try await browser.operate("Answer", on: call).status == 200)
        }
    }

    @Test func `without CSRF protection no token is asked for or shown`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.requiresCSRFToken = false
        try await withSimulator(configuration) { simulator, url in
            let call = try await simulator.ring(agent: "5001")
            let browser = Browser(url, "5001:5001")
            let reply = try await browser.post(
                "/api/v2/me/calls/\(call)", #"{"operationName":"Answer"}"#, withCredentials: true)
            #expect(reply.status == 200)
            #expect(await browser.csrfToken == nil)
        }
    }

    @Test(arguments: [true, false])
    func `CometD needs a token, unless only the rest is protected`(isProtected: Bool) async throws {
        var configuration = SimulatorConfiguration()
        configuration.requiresCSRFTokenOfCometD = isProtected
        try await withSimulator(configuration) { _, url in
            let browser = try await Browser.loggedIn(at: url)
            await browser.setToken(nil)
            let handshake =
                #"[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]"#
            #expect(try await browser.post(Conversation.path, handshake).status == (isProtected ? 403 : 200))
            #expect(try await browser.post("/api/v2/me", "{}").status == 403)
        }
    }

    @Test func `an invalidated session is over, and a new login makes another`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            await simulator.invalidateSessions(of: "5001")
            #expect(try await browser.get("/api/v2/me").status == 403)
            #expect(try await browser.get("/api/v2/me", withCredentials: true).status == 200)
            #expect(try await browser.get("/api/v2/me").status == 200)
        }
    }

    @Test func `a session that is not used for its time is over`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.sessionTimeout = .zero
        try await withSimulator(configuration) { _, url in
            let browser = try await Browser.loggedIn(at: url)
            #expect(try await browser.get("/api/v2/me").status == 403)
        }
    }

    @Test func `refused logins leave running sessions alone`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            await simulator.refuseLogins(of: "5001")
            #expect(try await browser.get("/api/v2/me").status == 200)
            #expect(
                try await Browser(url, "5001:5001").get("/api/v2/me", withCredentials: true).status == 403)
            #expect(
                try await Browser(url, "5002:5002").get("/api/v2/me", withCredentials: true).status == 200)
        }
    }

    @Test func `the version needs no login`() async throws {
        try await withSimulator { _, url in
            let reply = try await Browser(url).get("/api/v2/diagnostics/version")
            #expect(reply.body == #"{"statusCode":0,"version":"8.5.202.96"}"#)
        }
    }
}
