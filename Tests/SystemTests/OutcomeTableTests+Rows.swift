import AMQP
import Foundation
import GWSSimulator

extension OutcomeTableTests {
    static let rows = accepted + refused + rejected + expired + unknown + unreachable + last

    private static let dtmf = #","digits":"1""#

    /// Time enough for something else to happen while it waits for its change.
    @Sendable private static func patient(_ properties: inout Properties) {
        properties.headers["gws-confirm-within"] = 20_000
    }

    /// Time enough to be tried, and no more.
    @Sendable private static func brief(_ properties: inout Properties) {
        properties.headers["gws-deadline"] = .int64(Int64(Date.now.timeIntervalSince1970 * 1000) + 4000)
    }

    private static let accepted: [OutcomeRow] = [
        OutcomeRow("confirmed") { stage, call in
            try await stage.client.send("Hold", call: call, change: patient)
        },
        .fault("unconfirmed", "no-change", .ignore, "Hold"),
        OutcomeRow("unconfirmed", "superseded") { stage, call in
            await stage.simulator.inject(Fault(.ignore, body: "UpdateUserData"))
            let id = try await stage.client.send(
                members: #""operationName":"UpdateUserData","userData":{"a":1}"#, call: call
            ) { $0.headers["gws-confirm-within"] = 5000 }
            try await stage.client.send(
                members: #""operationName":"UpdateUserData","userData":{"a":2}"#, call: call)
            return id
        },
        OutcomeRow("unconfirmed", "call-ended") { stage, call in
            await stage.simulator.inject(Fault(.ignore, body: "Hold"))
            let id = try await stage.client.send("Hold", call: call, change: patient)
            try await stage.client.acceptance(of: id)
            await stage.simulator.end(call: call)
            return id
        },
    ]

    private static let refused: [OutcomeRow] = [
        OutcomeRow("refused", "gws") { stage, call in try await stage.client.send("Retrieve", call: call) },
        .fault(
            "refused", "partial",
            .answer(
                status: 200, body: #"{"statusCode":7,"statusMessage":"some"}"#,
                contentType: "application/json"),
            "Hold"),
        .fault(
            "refused", "not-authenticated",
            .refusal(403, statusCode: 20, "The user is not authenticated"), "Hold"),
        .fault("refused", "error-message", .failLater(message: "Not now"), "Hold", change: patient),
    ]

    private static let rejected: [OutcomeRow] = [
        .wrong("malformed") { _ in "Hold, please" },
        .wrong("too-large") { _ in String(repeating: " ", count: 70_000) },
        .wrong("unknown-operation") { call in
            #"{"agent":"5001","callId":"\#(call)","operationName":"Fly"}"#
        },
        .wrong("missing-parameter") { call in
            #"{"agent":"5001","callId":"\#(call)","operationName":"SendDtmf"}"#
        },
        .wrong("invalid-parameter") { call in
            #"{"agent":"5001","callId":"\#(call)","operationName":"SendDtmf","digits":{}}"#
        },
        .wrong("agent-unknown") { call in
            #"{"agent":"7777","callId":"\#(call)","operationName":"Hold"}"#
        },
        OutcomeRow("rejected", "not-permitted") { stage, call in
            try await stage.client.send("Retrieve", call: call) { $0.userID = "guest" }
        },
    ]

    private static let expired: [OutcomeRow] = [
        OutcomeRow("expired", "deadline") { stage, call in
            try await stage.client.send("Hold", call: call) { $0.headers["gws-deadline"] = 1 }
        },
        OutcomeRow("expired", "lifetime", agent: "5002") { stage, call in
            // It waits behind others of its call, which take their time.
            await stage.simulator.inject(
                Fault(.delay(.seconds(2)), .after, method: "POST", path: call, times: nil))
            for _ in 0..<9 {
                try await stage.client.send(
                    members: #""operationName":"AttachUserData","userData":{"a":1}"#, agent: "5002",
                    call: call)
            }
            return try await stage.client.send("Hold", agent: "5002", call: call)
        },
    ]

    // Tones cannot be read back, so what happened to them stays in doubt.
    private static let unknown: [OutcomeRow] = [
        .fault("unknown", "timed-out", .hang, "SendDtmf", dtmf),
        .fault("unknown", "cut", .cut, "SendDtmf", dtmf),
        .fault(
            "unknown", "gws-error", .answer(status: 502, body: "Bad gateway", contentType: "text/plain"),
            "SendDtmf", dtmf),
    ]

    // Of an agent each: while GWS is down for one, its next command waits.
    private static let unreachable: [OutcomeRow] = [
        .fault(
            "unreachable", "unavailable", agent: "5003",
            .refusal(503, statusCode: 4, "Voice service is not available at this time"), "Hold",
            change: brief),
        .fault("unreachable", "throttled", agent: "5004", .tooManyRequests, "Hold", change: brief),
        OutcomeRow("unreachable", "no-session", agent: "5005") { stage, call in
            await stage.simulator.inject(
                Fault(
                    .answer(status: 503, body: "", contentType: nil), method: "GET", path: "/api/v2/me",
                    agent: "5005", times: nil))
            await stage.simulator.invalidateSessions(of: "5005")
            return try await stage.client.send("Hold", agent: "5005", call: call, change: brief)
        },
    ]

    /// After it its agent is logged out.
    private static let last: [OutcomeRow] = [
        OutcomeRow("accepted") { stage, _ in
            try await stage.client.send(
                Array(#"{"agent":"5001","operationName":"EndContactCenterSession"}"#.utf8))
        }
    ]
}
