import Bridge
import Foundation
import TestSupport
import Testing

/// What an operator watches the bridge with is about metrics that there are, and says what to do.
struct ObservingTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let folder = root.appending(path: "Scripts/compose/observe")

    private static func text(_ path: String, of folder: URL = folder) throws -> String {
        try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }

    /// The metrics that a text names; of a histogram's series it is the histogram.
    private static func metrics(of text: String) -> Set<String> {
        Set(
            text.matches(of: /gws_bridge_[a-z_]+/).map { match in
                let name = String(match.output)
                return name.hasSuffix("_bucket") ? String(name.dropLast("_bucket".count)) : name
            })
    }

    private static func alerts() throws -> [String] {
        try text("alerts.yaml").matches(of: /- alert: (\w+)/).map { String($0.1) }
    }

    @Test(arguments: ["alerts.yaml", "alerts-test.yaml", "grafana/gws-bridge.json"])
    func `every metric that is watched is one of the bridge's`(file: String) throws {
        let named = try Self.metrics(of: Self.text(file))
        #expect(named.count > 10)
        #expect(named.subtracting(BridgeMetrics.descriptions.keys) == [])
    }

    @Test func `the operator's pages name no other metric either`() throws {
        let named = try Self.metrics(of: Self.text("Sources/Bridge/Bridge.docc/Operating.md", of: Self.root))
        #expect(named.subtracting(BridgeMetrics.descriptions.keys) == [])
    }

    @Test func `the dashboard shows every metric`() throws {
        let shown = try Self.metrics(of: Self.text("grafana/gws-bridge.json"))
        #expect(Set(BridgeMetrics.descriptions.keys).subtracting(shown) == [])
        let dashboard = try JSONSerialization.jsonObject(
            with: Data(Self.text("grafana/gws-bridge.json").utf8))
        #expect((dashboard as? [String: Any])?["uid"] as? String == "gws-bridge")
    }

    @Test func `each alert has a page that says what to do, and each page its alert`() throws {
        let pages = try Self.text("Sources/Bridge/Bridge.docc/Operating.md", of: Self.root)
        let titles = pages.matches(of: /\n### (\w+)\n/).map { String($0.1) }
        #expect(try titles == Self.alerts())
        for page in pages.components(separatedBy: "\n### ").dropFirst() {
            for part in ["- Means: ", "- Look: ", "- Do: "] {
                #expect(page.contains(part), "\(page.prefix(30))")
            }
        }
    }

    @Test func `Prometheus takes the configuration and the rules`() async throws {
        let path = Self.folder.appending(path: "prometheus.yaml").path
        let said = try await TestSupport.run("/usr/bin/promtool", ["check", "config", path])
        #expect(try said.contains("\(Self.alerts().count) rules found"))
    }

    @Test func `each alert is told when it should be, and not before`() async throws {
        let path = Self.folder.appending(path: "alerts-test.yaml").path
        _ = try await TestSupport.run("/usr/bin/promtool", ["test", "rules", path])
        let tests = try Self.text("alerts-test.yaml")
        for alert in try Self.alerts() {
            #expect(tests.contains("alertname: \(alert), exp_alerts: []"), "\(alert) is never quiet")
            #expect(tests.contains("alertname: \(alert)\n        exp_alerts:\n"), "\(alert) is never told")
        }
    }

    @Test func `every file that the compose file takes is there`() throws {
        let compose = try Self.text("docker-compose.yml", of: Self.root)
        let files = compose.matches(of: /\n    file: (.+)/).map { String($0.1) }
        #expect(files.count > 8)
        for file in files {
            #expect(FileManager.default.fileExists(atPath: Self.root.appending(path: file).path), "\(file)")
        }
    }
}
