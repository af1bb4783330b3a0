import AMQP
import Bridge
import Foundation
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// Who may do what, with users of the broker's own.
struct PermissionTests {
    /// A user of the broker, who may publish anything.
    private static func withUser(
        _ name: String, on stage: Stage, _ body: @Sendable (AMQPConnection) async throws -> Void
    ) async throws {
        try await stage.node.control("add_user", name, "secret")
        try await stage.node.control("set_permissions", name, ".*", ".*", ".*")
        var broker = stage.node.broker()
        broker.endpoints[0].user = name
        broker.endpoints[0].password = "secret"
        try await AMQPConnection.withConnection(to: broker, name: name, logger: .silent, body)
        try await stage.node.control("delete_user", name)
    }

    /// - Parameter user: whom the producer says that it is.
    private static func command(
        _ operation: String, call: String, from user: String, on stage: Stage
    ) -> AMQPMessage {
        let id = uniqueName("command")
        let properties = Properties(
            correlationID: id, replyTo: "\(stage.prefix).client.replies", messageID: id, userID: user)
        return AMQPMessage(
            exchange: "\(stage.prefix).commands", routingKey: "command.5001.\(operation)", isMandatory: true,
            properties: properties,
            body: Array(#"{"agent":"5001","callId":"\#(call)","operationName":"\#(operation)"}"#.utf8))
    }

    @Test func `a user whom a rule names may do what it allows and nothing else`() async throws {
        let user = uniqueName("desk")
        try await Stage.run {
            $0.permissions.rules = [.init(users: ["desk-*"], operations: ["Hold"], agents: ["5001"])]
        } _: { stage in
            // By guest, whom no rule names.
            let call = try await stage.establishedCall()
            try await Self.withUser(user, on: stage) { link in
                let forbidden = Self.command("Hangup", call: call, from: user, on: stage)
                #expect(await link.publish(forbidden) == .confirmed)
                let id = try #require(forbidden.properties.messageID)
                let reply = try await stage.client.reply(to: id)
                #expect([reply.outcome, reply.reason] == ["rejected", "not-permitted"])
                let letter = try await stage.client.deadLetter { $0.properties.messageID == id }
                #expect(letter.routingKey == "rejected.not-permitted")
                #expect(letter.properties.headers["gws-user-id"]?.string == user)
                let permitted = Self.command("Hold", call: call, from: user, on: stage)
                #expect(await link.publish(permitted) == .confirmed)
                let answer = try await stage.client.reply(to: try #require(permitted.properties.messageID))
                #expect(answer.outcome == "confirmed")
            }
            let sent = await stage.operations().map(\.body)
            #expect(sent.contains { $0.contains("Hold") } && !sent.contains { $0.contains("Hangup") })
        }
    }

    @Test func `who is not named by any rule may do nothing where the default is to deny`() async throws {
        try await Stage.run {
            $0.permissions = Permissions(
                allowsByDefault: false, rules: [.init(users: ["*"], operations: ["*"], agents: ["*"])])
        } _: { stage in
            let call = try await stage.simulator.ring(agent: "5001")
            let reply = try await stage.client.reply(to: stage.client.send("Answer", call: call))
            #expect([reply.outcome, reply.reason] == ["rejected", "not-permitted"])
            let id = try await stage.client.send("Answer", call: call) { $0.userID = "guest" }
            #expect(try await stage.client.reply(to: id).outcome == "confirmed")
        }
    }

    @Test func `the broker refuses a command of one user in another's name`() async throws {
        let user = uniqueName("forger")
        try await Stage.run { stage in
            try await Self.withUser(user, on: stage) { link in
                let forged = Self.command("Hold", call: "c", from: "guest", on: stage)
                guard case .failed(.channelClosed(let code, _, _)) = await link.publish(forged) else {
                    Issue.record("the broker took it")
                    return
                }
                #expect(code == 406)
            }
            #expect(await stage.operations().isEmpty)
        }
    }
}
