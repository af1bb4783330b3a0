import Foundation
import TestSupport
import Testing
import Yams

/// Compose takes `docker-compose.yml`, and confines what is ours.
struct ComposeTests {
    private static let compose = "/usr/bin/docker-compose"

    /// What Compose makes of the file.
    private static func configuration(_ arguments: String...) async throws -> String {
        try #require(
            FileManager.default.isExecutableFile(atPath: compose),
            "there is no Compose: install Debian's docker-compose, or run Scripts/test, which does")
        let file = Repository.root.appending(path: "docker-compose.yml").path
        let ended = try await Program(["-f", file] + arguments, of: compose, environment: [:]).ended()
        try #require(ended.code == 0, "\(ended.error)")
        return ended.output
    }

    @Test func `there is one profile, and each file that is named is there`() async throws {
        let profiles = try await Self.configuration("config", "--profiles").split(separator: "\n")
        #expect(profiles == ["observe"])
        let text = try await Self.configuration("--profile", "observe", "config")
        let root = try #require(try Yams.load(yaml: text) as? [String: Any])
        let services = try #require(root["services"] as? [String: Any])
        #expect(
            Set(services.keys) == [
                "rabbitmq", "simulator", "bridge", "analytics", "prometheus", "grafana",
            ])
        for kind in ["configs", "secrets"] {
            let files = try #require(root[kind] as? [String: [String: String]])
            #expect(!files.isEmpty)
            for file in files.values.compactMap({ $0["file"] }) {
                #expect(FileManager.default.fileExists(atPath: file), "\(file)")
            }
        }
    }

    @Test(arguments: ["bridge", "simulator", "analytics"])
    func `what is ours can write nowhere but to its volume, and may nothing`(name: String) async throws {
        let root = try await Yams.load(yaml: Self.configuration("config")) as? [String: Any]
        let services = try #require(root?["services"] as? [String: Any])
        let service = try #require(services[name] as? [String: Any])
        #expect(service["read_only"] as? Bool == true)
        #expect(service["cap_drop"] as? [String] == ["ALL"])
        #expect(service["cap_add"] == nil && service["privileged"] == nil && service["user"] == nil)
        #expect(service["security_opt"] as? [String] == ["no-new-privileges:true"])
        let ports = try service["ports"].map { try #require($0 as? [String]) } ?? []
        #expect(ports.isEmpty == (name == "analytics"))
        #expect(ports.allSatisfy { $0.hasPrefix("127.0.0.1:") })
        let volumes = service["volumes"] as? [String] ?? []
        #expect(volumes == (name == "bridge" ? ["store:/var/lib/gws-bridge/gws-bridge-store:rw"] : []))
    }

    @Test func `the images are of a user without rights, who owns the store`() throws {
        let lines = try Repository.text("Dockerfile").split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("USER ") } == ["USER gws-bridge"])
        let user = try #require(lines.firstIndex(of: "USER gws-bridge"))
        #expect(lines[..<user].contains { $0.contains("useradd --system --uid 10001 ") })
        // Whoever makes the directory owns it, and a new volume takes that over.
        let store = try #require(lines.firstIndex(of: "RUN mkdir -m 700 gws-bridge-store"))
        #expect(store > user)
        #expect(lines.contains("VOLUME /var/lib/gws-bridge/gws-bridge-store"))
    }
}
