import AMQP
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// What `gws-reply` asks for.
struct RepliesTests {
    @Test(arguments: [
        (nil, ["confirmed"]), ("final", ["confirmed"]), ("accepted", ["accepted"]),
        ("both", ["accepted", "confirmed"]),
    ])
    func `a requester gets the replies that it asked for, and everybody hears both outcomes`(
        wanted: String?, replies: [String]
    ) async throws {
        try await Stage.run { stage in
            let call = try await stage.scene.calls(1, of: ["5001"])[0].id
            let id = try await stage.client.send("Hold", call: call) {
                if let wanted { $0.headers["gws-reply"] = .string(wanted) }
            }
            _ = try await stage.client.outcome(of: id)
            // What comes after it has come after everything about it.
            let last = try await stage.client.send("Retrieve", call: call)
            _ = try await stage.client.finalReply(to: last)
            #expect(try stage.client.replies(to: id).map(\.outcome) == replies)
            #expect(try stage.client.outcomes(of: id).map(\.outcome) == ["accepted", "confirmed"])
            #expect(try stage.client.outcomes(of: id).map(\.isFinal) == [false, true])
        }
    }

    @Test func `who asked for the acceptance hears of the end where there was none`() async throws {
        try await Stage.run { stage in
            let call = try await stage.scene.calls(1, of: ["5001"])[0].id
            let id = try await stage.client.send("Retrieve", call: call) {
                $0.headers["gws-reply"] = "accepted"
            }
            let reply = try await stage.client.finalReply(to: id)
            #expect(reply.outcome == "refused")
            #expect(try stage.client.replies(to: id).count == 1)
        }
    }
}
