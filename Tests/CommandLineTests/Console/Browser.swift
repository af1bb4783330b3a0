import Foundation
import RawJSON
import TestSupport

/// A headless Chromium, told what to do by WebDriver (W3C).
struct Browser: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let session: String

    static func withBrowser<Result>(_ body: (Browser) async throws -> Result) async throws -> Result {
        let port = try FreePort.next()
        let driver = Process()
        driver.executableURL = URL(filePath: "/usr/bin/chromedriver")
        driver.arguments = ["--port=\(port)", "--log-level=SEVERE"]
        driver.standardInput = FileHandle.nullDevice
        driver.standardOutput = FileHandle.nullDevice
        driver.standardError = FileHandle.nullDevice
        try Process.inTurn { try driver.runUnmasked() }
        defer { driver.terminate() }
        let url = "http://127.0.0.1:\(port)"
        try await eventually(within: .seconds(30), "chromedriver listens") {
            (try? await call("GET", "\(url)/status", nil)) != nil
        }
        let options =
            #"{"args":["--headless=new","--no-sandbox","--disable-gpu","--disable-dev-shm-usage","--window-size=1280,1100"]}"#
        let begun = try await call(
            "POST", "\(url)/session",
            #"{"capabilities":{"alwaysMatch":{"goog:loggingPrefs":{"browser":"ALL"},"goog:chromeOptions":\#(options)}}}"#
        )
        guard let id = begun["sessionId"]?.string else {
            throw Failure(description: "chromedriver began no session: \(begun)")
        }
        let browser = Browser(session: "\(url)/session/\(id)")
        do {
            let result = try await body(browser)
            _ = try? await call("DELETE", browser.session, nil)
            return result
        } catch {
            _ = try? await call("DELETE", browser.session, nil)
            throw error
        }
    }

    func open(_ url: String) async throws { try await post("url", #"{"url":\#(Self.quoted(url))}"#) }

    /// What a script returns, which must be a text.
    func text(_ script: String) async throws -> String {
        let value = try await post(
            "execute/sync", #"{"script":\#(Self.quoted("return " + script)),"args":[]}"#)
        return value.string ?? "\(value)"
    }

    /// The text that is shown of an element.
    func shown(_ selector: String) async throws -> String {
        try await text("document.querySelector(\(Self.quoted(selector))).innerText")
    }

    /// Waits until an element shows a text.
    func shows(_ text: String, in selector: String, within limit: Duration = .seconds(20)) async throws {
        try await eventually(within: limit, "\(selector) shows \(text)") {
            try await shown(selector).contains(text)
        }
    }

    /// As on a keyboard, to whatever has the focus.
    func press(_ keys: String) async throws {
        let actions = keys.flatMap { key in
            ["keyDown", "keyUp"].map { #"{"type":"\#($0)","value":\#(Self.quoted(String(key)))}"# }
        }
        let list = actions.joined(separator: ",")
        try await post("actions", #"{"actions":[{"type":"key","id":"keyboard","actions":[\#(list)]}]}"#)
    }

    static let escape = "\u{E00C}"
    static let enter = "\u{E007}"

    func prefer(colors: String) async throws {
        try await post(
            "goog/cdp/execute",
            """
            {"cmd":"Emulation.setEmulatedMedia",
             "params":{"features":[{"name":"prefers-color-scheme","value":"\(colors)"}]}}
            """)
    }

    /// What the page complained of.
    func complaints() async throws -> [String] {
        try await post("se/log", #"{"type":"browser"}"#).elements.compactMap { $0["message"]?.string }
    }

    /// Keeps a picture beside what is built.
    func keepScreenshot(as name: String) async throws {
        let value = try await Self.call("GET", "\(session)/screenshot", nil)
        guard let image = Data(base64Encoded: value.string ?? "") else {
            throw Failure(description: "the browser took no picture")
        }
        let directory = ".build/test-artifacts"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try image.write(to: URL(filePath: "\(directory)/\(name).png"))
    }

    @discardableResult
    private func post(_ command: String, _ body: String) async throws -> RawJSON {
        try await Self.call("POST", "\(session)/\(command)", body)
    }

    private static func call(_ method: String, _ url: String, _ body: String?) async throws -> RawJSON {
        let data = body.map { ["-H", "Content-Type: application/json", "-d", $0] } ?? []
        let answer = try await run(
            "/usr/bin/curl", ["-sS", "--max-time", "60", "-X", method, url] + data)
        let value = try RawJSON(Array(answer.utf8))["value"]
        if let error = value?["error"]?.string {
            throw Failure(description: "\(error): \(value?["message"]?.string ?? "")")
        }
        return try value ?? RawJSON(Array("null".utf8))
    }

    private static func quoted(_ text: String) -> String {
        String(decoding: RawJSON.quoted(text), as: UTF8.self)
    }
}
