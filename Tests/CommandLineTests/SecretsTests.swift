import AMQP
import Foundation
import GWSSimulator
import TestSupport
import Testing

@testable import gws_bridge

/// Marked secrets go by every path there is, and nothing that the bridge prints or tells an operator has one.
@Suite(.timeLimit(.minutes(5))) struct SecretsTests {
    @Test(arguments: ["text", "json"])
    func `no secret and nothing personal is printed, at any level`(format: String) async throws {
        let directory = try TemporaryDirectory()
        let token = try directory.write("s3cret-console\n", to: "token")
        let broker = try await PrivateBroker.shared
        let user = uniqueName("marked")
        try await broker.control("add_user", user, "s3cret-broker")
        try await broker.control("set_permissions", user, ".*", ".*", ".*")
        let url = "amqp://\(user):s3cret-broker@127.0.0.1:\(broker.port)"
        let yaml = "log.level: trace\nlog.format: \(format)\nconsole.token-file: \(token)\n"
        try await withBridge(
            configuration: yaml, at: url, prefix: uniqueName("secrets"), password: "s3cret-agent"
        ) {
            running in
            let session = try await Self.beBusy(running)
            #expect(session.count >= 4)
            let told = try await Self.told(to: running)
            let secrets =
                [
                    "s3cret", "S3CRET", "4711#", "3098765",
                    Data("5001:s3cret-agent".utf8).base64EncodedString(),
                ] + session
            running.bridge.signal(SIGTERM)
            let ended = try await running.bridge.ended()
            // It is the whole of it.
            #expect(ended.error.contains("StartCallRecording") && ended.error.contains("5001"))
            for secret in secrets {
                #expect(!(ended.output + ended.error).contains(secret), "in the log: \(secret)")
                #expect(!told.contains(secret), "told to an operator: \(secret)")
            }
        }
        try await broker.control("delete_user", user)
    }

    /// Everything that may have something to say, well and badly.
    ///
    /// - Returns: the cookies and CSRF tokens that it had meanwhile.
    private static func beBusy(_ running: Running) async throws -> Set<String> {
        let simulator = running.simulator
        let call = try await simulator.ring(
            agent: "5001", from: "+493098765", userData: #"{"account":"s3cret-data"}"#)
        try await simulator.answer(call: call)
        func send(_ arguments: String...) async throws {
            _ = try await running.send(arguments + ["--agent", "5001", "--call", call])
        }
        try await send("StartCallRecording")
        try await send("SendDtmf", "digits=4711#")
        try await send("AttachUserData", "--json", #"{"userData":{"iban":"s3cret-iban"}}"#)
        try await send("SingleStepConference", "destination=+493098765")
        // Rejected, and refused.
        try await send("SendDtmf", "digits=[4711#]", "x=s3cret-parameter")
        try await send("Retrieve", "s3cretParameter=1")
        try await simulator.update(call: call, userData: #"{"account":"s3cret-news"}"#)
        try await withLink(to: .shared) { link in
            for body in ["s3cret-rubbish", #"{"agent":"5001","operationName":"Hold","s3cret":"#] {
                let message = AMQPMessage(
                    exchange: "\(running.prefix).commands", routingKey: "command.5001.Hold",
                    body: Array(body.utf8))
                #expect(await link.publish(message) == .confirmed)
            }
        }
        // Sessions end and are begun anew, and passwords are refused.
        let seen = await simulator.sessionSecrets
        await simulator.forgetClients(of: "5001")
        try await send("Hold")
        try await simulator.changePassword(of: "5001", to: "other")
        await simulator.invalidateSessions(of: "5001")
        try await send("Retrieve")
        try await simulator.changePassword(of: "5001", to: "s3cret-agent")
        try await within(.seconds(60), "it is served again") { try await simulator.heldPoll(of: "5001") }
        await simulator.changeCSRFTokens(of: "5001")
        try await send("Hold")
        // The call goes on, to be seen on the console.
        return seen.union(await simulator.sessionSecrets)
    }

    /// What an operator is told by other ways than the log.
    private static func told(to running: Running) async throws -> String {
        var told = ""
        let authorization = ["-H", "Authorization: Bearer s3cret-console"]
        for path in ["/", "/healthz", "/readyz", "/metrics", "/events"] {
            told += try await TestSupport.run(
                "/bin/sh",
                ["-c", "curl \"$@\" || [ $? -eq 28 ]", "curl", "-sS", "--max-time", "2"] + authorization
                    + [running.console + path])
        }
        #expect(told.contains("sessionCounts"))
        for arguments in [["run", "--print-configuration"], ["check", "--json"], ["health"]] {
            let ended = try await Program(
                arguments + ["--config", running.file], environment: running.environment
            ).ended()
            told += ended.output + ended.error
        }
        return told
    }
}
