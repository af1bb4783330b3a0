import Foundation
import TestSupport
import Testing

@testable import gws_bridge

/// SIGHUP has the configuration read again.
@Suite struct ReloadTests {
    /// - Parameter body: gets the bridge, and what writes its configuration anew and asks for it to be read.
    private func withReloading(_ body: (Running, _ reload: (String) throws -> Void) async throws -> Void)
        async throws
    {
        try await withBridge(configuration: "log.level: notice\n") { running in
            try await body(running) { yaml in
                try Data(yaml.utf8).write(to: URL(filePath: running.file))
                running.bridge.signal(SIGHUP)
            }
        }
    }

    @Test func `permissions are taken up`() async throws {
        try await withReloading { running, reload in
            let call = try await running.establishedCall()
            let hold = ["Hold", "--agent", "5001", "--call", call]
            #expect(try await running.send(hold).code == 0)
            try reload(
                "permissions: {default: deny, rules: [{user: guest, operations: Retr*, agents: 5001}]}\n")
            try await running.bridge.prints("Read the configuration again")
            let refused = try await running.send(hold)
            #expect(refused.code == 2 && refused.output.contains("not-permitted"))
            #expect(try await running.send("Retrieve", "--agent", "5001", "--call", call).code == 0)
        }
    }

    @Test func `the log's level is taken up, and what needs a restart is named`() async throws {
        try await withReloading { running, reload in
            try reload("log.level: debug\nshutdown.timeout: 19s\n")
            try await running.bridge.prints("changed=log.level")
            try await running.bridge.prints("keys=shutdown.timeout")
            _ = try await running.send("NotReady", "--agent", "5001")
            try await running.bridge.prints(" debug gws-bridge")
        }
    }

    @Test func `what is wrong leaves everything as it was, with a line that says why`() async throws {
        try await withReloading { running, reload in
            try reload("log.level: debug\npermisions.default: deny\n")
            try await running.bridge.prints("did you mean \"permissions.default\"?")
            try await running.bridge.prints("The configuration stays as it was")
            #expect(try await running.send("NotReady", "--agent", "5001").code == 0)
            // Right for itself, and wrong beside the rest.
            try reload("permissions.default: deny\nlog.level: debug\nagents-file: agents.yaml\n")
            try await running.bridge.prints("The configuration stays as it was", times: 2)
            #expect(try await running.send("Ready", "--agent", "5001").code == 0)
            running.bridge.signal(SIGTERM)
            #expect(!(try await running.bridge.ended()).error.contains(" debug gws-bridge"))
        }
    }
}
