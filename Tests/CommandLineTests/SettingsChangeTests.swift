import Testing

@testable import gws_bridge

@Suite struct SettingsChangeTests {
    private func settings(_ values: [String: String] = [:]) throws -> Settings {
        try Settings(file: nil as String?, environment: values)
    }

    @Test func `what a running process takes up is told from what needs a restart`() throws {
        let start = try settings()
        let new = try settings([
            "GWS_BRIDGE_LOG_LEVEL": "debug", "GWS_BRIDGE_PREFIX": "other",
            "GWS_BRIDGE_PERMISSIONS_DEFAULT": "deny",
        ])
        let change = SettingsChange(from: start, by: start, to: new)
        #expect(change.changed == ["log.level", "permissions.default"])
        #expect(change.needsRestart == ["prefix"])
    }

    @Test func `what was taken up is no change any more, what needs a restart is named until there is one`()
        throws
    {
        let (start, new) = (
            try settings(), try settings(["GWS_BRIDGE_LOG_LEVEL": "debug", "GWS_BRIDGE_PREFIX": "other"])
        )
        let change = SettingsChange(from: start, by: new, to: new)
        #expect(change.changed == [])
        #expect(change.needsRestart == ["prefix"])
        #expect(SettingsChange(from: start, by: new, to: start).needsRestart == [])
    }

    @Test func `every key that is taken up is a key`() {
        #expect(SettingsChange.reloadable.allSatisfy { ConfigurationKey.named($0) != nil })
    }
}
