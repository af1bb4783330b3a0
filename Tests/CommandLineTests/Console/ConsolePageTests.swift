import Foundation
import GWSSimulator
import TestSupport
import Testing

@testable import gws_bridge

/// The console's page in a real browser, beside a bridge at work.
@Suite(.serialized) struct ConsolePageTests {
    @Test func `the page shows what happens while it happens, in light and in dark`() async throws {
        try await withBridge { running in
            try await Browser.withBrowser { browser in
                try await browser.open(running.console)
                try await browser.shows("Ready", in: "#state")
                try await browser.shows("5001\tpolling", in: "#sessions tbody")
                #expect(try await browser.shown("#broker") == "connected")
                #expect(try await browser.shown("#calls tbody") == "None.")

                let call = try await running.simulator.ring(agent: "5001", from: "+493012345")
                try await browser.shows(call, in: "#calls tbody")
                try await running.simulator.answer(call: call)
                try await browser.shows("Established", in: "#calls tbody")
                let ended = try await running.send(
                    "StartCallRecording", "--agent", "5001", "--call", call)
                #expect(ended.code == 0)
                try await browser.shows("Recording", in: "#calls tbody")
                try await browser.shows("confirmed", in: "#outcome-legend")
                let events = try await browser.shown("#event-rate")
                #expect(events.contains("at most ") && !events.hasSuffix("at most 0"))
                // Who calls is nobody's business here.
                #expect(!(try await browser.text("document.documentElement.outerHTML").contains("3012345")))

                _ = try await running.send("Hold", "--agent", "5001")
                try await browser.shows("1", in: "#dead-letters")

                let ground = "getComputedStyle(document.body).backgroundColor"
                try await browser.prefer(colors: "light")
                let light = try await browser.text(ground)
                try await browser.keepScreenshot(as: "console-light")
                try await browser.prefer(colors: "dark")
                #expect(try await browser.text(ground) != light)
                try await browser.keepScreenshot(as: "console-dark")
                #expect(try await browser.complaints() == [])

                running.bridge.signal(SIGKILL)
                try await browser.shows("from the bridge", in: "#state")
            }
        }
    }

    @Test func `all of it can be reached with the keyboard`() async throws {
        try await withBridge { running in
            let call = try await running.establishedCall()
            try await Browser.withBrowser { browser in
                try await browser.open(running.console)
                try await browser.shows("5001", in: "#calls tbody")
                let focused = "document.activeElement.id"
                try await browser.press("/nobody")
                #expect(try await browser.text(focused) == "filter")
                try await browser.shows("None that the filter lets through.", in: "#calls tbody")
                try await browser.press(Browser.escape)
                try await browser.shows(call, in: "#calls tbody")
                for (key, id) in [("1", "sessions"), ("2", "calls"), ("3", "commands")] {
                    try await browser.press(key)
                    #expect(try await browser.text(focused) == id)
                }
                try await browser.press("t")
                #expect(try await browser.text("document.documentElement.dataset.theme") == "light")
                try await browser.press("p")
                #expect(try await browser.shown("#pause") == "Paused")
                await running.simulator.end(call: call)
                _ = try await running.send("NotReady", "--agent", "5001", "--reply", "accepted")
                #expect(try await browser.shown("#calls tbody").contains(call))
                try await browser.press("p")
                try await browser.shows("None.", in: "#calls tbody")
            }
        }
    }

    @Test func `the page asks for the token, and shows personal data where that is wanted`() async throws {
        let directory = try TemporaryDirectory()
        let token = try directory.write("s3same-open\n", to: "token")
        let yaml = "console.token-file: \(token)\nconsole.personal-data: true\n"
        try await withBridge(configuration: yaml) { running in
            _ = try await running.simulator.ring(agent: "5001", from: "+493012345")
            try await Browser.withBrowser { browser in
                try await browser.open(running.console)
                try await browser.shows("A token is wanted.", in: "#state")
                try await browser.press("guess" + Browser.enter)
                try await browser.shows("That is not the token.", in: "#state")
                try await browser.press("s3same-open" + Browser.enter)
                try await browser.shows("Ready", in: "#state")
                try await browser.shows("3012345", in: "#calls tbody")
            }
        }
    }
}

extension Running {
    /// Where the console is.
    var console: String { "http://127.0.0.1:\(environment["GWS_BRIDGE_CONSOLE_PORT"] ?? "")" }
}
