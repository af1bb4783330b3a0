import Foundation
import GWSSimulator
import TestSupport
import Testing

@testable import gws_bridge

@Suite struct CheckTests {
    @Test func `all is well beside a bridge that runs`() async throws {
        try await withBridge { running in
            let ended = try await Program.run("check", "--json", environment: running.environment)
            #expect(ended.code == 0)
            let findings = try Self.findings(ended)
            #expect(findings.allSatisfy { Set($0.keys) == ["name", "status", "message", "remedy"] })
            #expect(findings.allSatisfy { $0["status"] as? String == "ok" })
            let names = findings.compactMap { $0["name"] as? String }
            #expect(names.contains("broker") && names.contains("gws") && names.contains("agent 5001"))
            #expect(names.contains("queue \(running.prefix).commands"))
        }
    }

    @Test func `a wrong password of an agent is a failure with a remedy`() async throws {
        try await withBridge { running in
            let wrong = running.environment.merging(["GWS_BRIDGE_AGENT_PASSWORD": "wrong"]) { $1 }
            let ended = try await Program.run("check", "--json", environment: wrong)
            #expect(ended.code == 2)
            let failures = try Self.findings(ended).filter { $0["status"] as? String == "failure" }
            #expect(failures.compactMap { $0["name"] as? String } == ["agent 5001"])
            #expect(failures.first?["remedy"] is String)
        }
    }

    @Test func `what features are missing is told with what they cost, and is a warning only without voice`()
        async throws
    {
        try await withBridge { running in
            for (feature, code, kept) in [
                ("api-voice-recording", 0, "Answer"), ("api-voice", 1, "StartCall"),
            ] {
                try await running.simulator.setMissingFeatures([feature], of: "5001")
                let ended = try await Program.run("check", "--json", environment: running.environment)
                #expect(ended.code == Int32(code))
                let features = try Self.findings(ended).filter { $0["name"] as? String == "features of 5001" }
                let message = try #require(features.first?["message"] as? String)
                #expect(message.hasPrefix("without \(feature): ") && !message.contains(kept))
            }
        }
    }

    @Test func `topology that is to be there and is not is a failure`() async throws {
        try await withBridge { running in
            let other = running.environment.merging(["GWS_BRIDGE_PREFIX": uniqueName("none")]) { $1 }
            #expect(try await Program.run("check", environment: other).code == 0)
            let checked = other.merging(["GWS_BRIDGE_AMQP_TOPOLOGY": "check"]) { $1 }
            let ended = try await Program.run("check", environment: checked)
            #expect(ended.code == 2)
            #expect(ended.output.contains("is not there"))
        }
    }

    @Test func `a broker and a GWS that are not there are failures`() async throws {
        let directory = try TemporaryDirectory()
        let ended = try await Program.run(
            "check", "--json",
            environment: [
                "GWS_BRIDGE_STORE_DIRECTORY": "\(directory.path)/store",
                "GWS_BRIDGE_AMQP_URL": "amqp://127.0.0.1:\(try FreePort.next())",
                "GWS_BRIDGE_GWS_URL": "http://127.0.0.1:\(try FreePort.next())", "GWS_BRIDGE_AGENT": "5001",
                "GWS_BRIDGE_AGENT_PASSWORD": "p",
            ])
        #expect(ended.code == 2)
        let findings = try Self.findings(ended)
        #expect(
            findings.compactMap { $0["name"] as? String } == [
                "configuration", "store", "store", "store space", "broker", "gws",
            ])
        #expect(
            findings.suffix(2).allSatisfy {
                $0["status"] as? String == "failure" && $0["remedy"] is String
            }
        )
        withExtendedLifetime(directory) {}
    }

    private static func findings(_ ended: Program.Ended) throws -> [[String: Any]] {
        try #require(try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [[String: Any]])
    }
}
