import Foundation
import RawJSON
import TestSupport
import Testing

@testable import gws_bridge

/// The console as a program asks it.
@Suite struct ConsoleTests {
    @Test func `what is served is closed to other sites, and to other names`() async throws {
        try await withBridge { running in
            let page = try await Self.ask(running.console + "/", "-i").lowercased()
            #expect(page.hasPrefix("http/1.1 200") && page.contains("<!doctype html>"))
            #expect(page.contains("content-security-policy: default-src 'none'; script-src 'self'"))
            #expect(page.contains("x-content-type-options: nosniff"))
            // All that the page loads is there.
            let text = try await Self.ask(running.console + "/")
            for file in text.matches(of: /(?:href|src)="(\/[^"]+)"/).map({ String($0.1) }) {
                #expect(try await Self.status(running.console + file) == "200", "\(file)")
            }
            let rebound = ["-H", "Host: evil.example:9180"]
            #expect(try await Self.status(running.console + "/events", rebound) == "403")
            #expect(try await Self.status(running.console + "/metrics", rebound) == "200")
            let state = try await Self.ask(running.console + "/readyz", "-H", "Host: evil.example")
            #expect(state == "{\"ready\":true}\n")
        }
    }

    @Test func `the feed is JSON, an event a second`() async throws {
        try await withBridge { running in
            let call = try await running.establishedCall()
            let feed = try Program(
                ["-sSN", running.console + "/events"], of: "/usr/bin/curl", environment: [:])
            try await feed.prints(call)
            try await feed.prints("\n\n", times: 2)
            running.bridge.signal(SIGTERM)
            let told = try await feed.ended().output
            let event = try #require(
                told.split(separator: "\n\n").first { $0.hasSuffix("}") && $0.contains(call) })
            let last = try RawJSON(Array(event.dropFirst("data: ".count).utf8))
            #expect(last["reasons"]?.elements.map(\.description) == [])
            #expect(last["sessionCounts"]?["polling"]?.int == 1)
            let calls = try #require(last["calls"]).elements.map(\.self)
            #expect(calls.compactMap { $0["id"]?.string } == [call])
            #expect(calls.first?["parties"] == nil)
        }
    }

    @Test func `with a token nothing but the bare state is told without it`() async throws {
        let directory = try TemporaryDirectory()
        let token = try directory.write("s3same-open\n", to: "token")
        try await withBridge(configuration: "console.token-file: \(token)\n") { running in
            for path in ["/events", "/metrics"] {
                let url = running.console + path
                #expect(try await Self.status(url) == "401")
                #expect(try await Self.status(url, ["-H", "Authorization: Bearer s3same"]) == "401")
                #expect(try await Self.status(url, ["-H", "Authorization: Bearer s3same-open"]) == "200")
            }
            #expect(try await Self.status(running.console + "/healthz") == "200")
            #expect(try await Self.ask(running.console + "/readyz") == "{\"ready\":true}\n")
            let told = try await Self.ask(
                running.console + "/readyz", "-H", "Authorization: Bearer s3same-open")
            #expect(told == "{\"ready\":true,\"reasons\":[]}\n")
        }
    }

    @Test func `a stop does not wait for who looks`() async throws {
        try await withBridge { running in
            let feed = try Program(
                ["-sSN", running.console + "/events"], of: "/usr/bin/curl", environment: [:])
            try await feed.prints("sessionCounts")
            running.bridge.signal(SIGTERM)
            #expect(try await running.bridge.ended().code == 0)
            #expect(try await feed.ended().output.hasSuffix("\n\n"))
        }
    }

    @Test func `no more look at once than the bridge can bear`() {
        let feed = ConsoleFeed(deadLetters: nil, totals: { RateHistory.Totals() }, snapshot: { _ in "{}" })
        var watching = (0..<ConsoleFeed.mostWatchers).map { _ in feed.admit() }
        #expect(watching.allSatisfy { $0 != nil })
        #expect(feed.admit() == nil)
        // Who leaves makes room, whatever became of the request.
        watching.removeLast()
        #expect(feed.admit() != nil)
    }

    @Test func `a token file that cannot be read is a wrong configuration`() async throws {
        let ended = try await Program.run(
            "run", "--dry-run",
            environment: [
                "GWS_BRIDGE_AMQP_URL": "amqp://127.0.0.1:1", "GWS_BRIDGE_GWS_URL": "http://127.0.0.1:1",
                "GWS_BRIDGE_AGENT": "5001", "GWS_BRIDGE_AGENT_PASSWORD": "p",
                "GWS_BRIDGE_CONSOLE_TOKEN_FILE": "/not/there",
            ])
        #expect(ended.code == 78)
        #expect(ended.error.contains("/not/there: cannot be read"))
    }

    /// What it answers; a feed for as long as it is read.
    private static func ask(_ url: String, _ options: String...) async throws -> String {
        let arguments = ["-sS", "--max-time", "20"] + options + [url]
        // Not to hang up is no fault of a feed's.
        return try await TestSupport.run(
            "/bin/sh", ["-c", "curl \"$@\" || [ $? -eq 28 ]", "curl"] + arguments)
    }

    private static func status(_ url: String, _ options: [String] = []) async throws -> String {
        let arguments =
            [
                "-s", "--max-time", url.hasSuffix("/events") ? "3" : "20", "-o", "/dev/null", "-w",
                "%{http_code}",
            ] + options + [url]
        return try await TestSupport.run(
            "/bin/sh", ["-c", "curl \"$@\" || [ $? -eq 28 ]", "curl"] + arguments)
    }
}
