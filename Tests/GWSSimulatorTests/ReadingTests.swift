import GWSSimulator
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ReadingTests {
    @Test(arguments: [
        "me/devices", "me/calls", "me/channels", "me/features", "services", "contacts", "users",
    ])
    func `each collection is URIs, or resources under its name when fields are asked for`(path: String)
        async throws
    {
        try await withSimulator { simulator, url in
            try await simulator.ring(agent: "5001")
            let browser = try await Browser.loggedIn(at: url)
            let name = String(path.split(separator: "/").last!)
            let uris = try await browser.get("/api/v2/\(path)").json
            let resources = try await browser.get("/api/v2/\(path)?fields=*").json
            #expect(uris.members.map(\.key) == ["statusCode", "uris"])
            #expect(resources.members.map(\.key) == ["statusCode", name])
            let count = uris["uris"]?.elements.count
            #expect(count == resources[name]?.elements.count)
            #expect(count ?? 0 > 0)
        }
    }

    @Test func `tests see an agent's calls as a GET shows them`() async throws {
        try await withSimulator { simulator, url in
            for number in ["1", "2"] { try await simulator.ring(agent: "5001", from: number) }
            let read = try await Browser.loggedIn(at: url).get("/api/v2/me/calls?fields=*").json["calls"]
            let calls = try await simulator.calls(of: "5001")
            #expect(calls.count == 2)
            #expect(calls == read?.elements.map(\.serialized))
        }
    }

    @Test(arguments: [
        ("me/devices", "device"), ("me/calls", "call"), ("me/channels", "channel"), ("services", "service"),
        ("me/features", "feature"), ("contacts", "contact"), ("users", "user"),
    ])
    func `a collection's URI leads to the resource, under its name in the singular`(
        path: String, name: String
    ) async throws {
        try await withSimulator { simulator, url in
            try await simulator.ring(agent: "5001")
            let browser = try await Browser.loggedIn(at: url)
            let uri = try #require(
                try await browser.get("/api/v2/\(path)").json["uris"]?.elements.first?.string)
            let one = try await browser.get(String(uri.dropFirst(url.count))).json
            #expect(one.members.map(\.key) == ["statusCode", name])
            #expect(one[name]?.members.isEmpty == false)
        }
    }

    @Test(arguments: [
        ("*", ["devices", "calls", "channels", "features", "settings", "interactions", "chats"]),
        ("features,devices,channels", ["devices", "channels", "features"]),
        ("calls", ["calls"]), ("nothing", []),
    ])
    func `the user has those subresources in it that were asked for`(wanted: String, names: [String])
        async throws
    {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            let plain = try await browser.get("/api/v2/me").json["user"]?.members.map(\.key) ?? []
            let user = try await browser.get("/api/v2/me?subresources=\(wanted)").json["user"]
            #expect(user?.members.map(\.key) == plain + names)
        }
    }

    @Test func `a device's options are a list of names and values`() async throws {
        try await withSimulator { _, url in
            let browser = try await Browser.loggedIn(at: url)
            let device = try await browser.deviceIDs()[0]
            for path in ["me/devices/\(device)", "devices/\(device)"] {
                let settings = try await browser.get("/api/v2/\(path)/settings/tserver").json
                #expect(settings["key"] == "name")
                #expect(settings["settings"]?.elements.first?["value"] != nil)
            }
        }
    }

    @Test(arguments: [
        "me/devices/none", "me/calls/none", "me/channels/none", "me/nothing", "services/none", "devices",
        "devices/none", "nothing", "settings/nothing", "me/channels/voice/more", "",
    ])
    func `what there is not is not found`(path: String) async throws {
        try await withSimulator { _, url in
            let reply = try await Browser.loggedIn(at: url).get("/api/v2/\(path)")
            #expect(reply.status == 404)
            #expect(try reply.json["statusCode"]?.int == 6)
        }
    }
}
