import AMQP
import Testing

@testable import Bridge

struct SessionMessageTests {
    private func message(_ what: SessionMessage.What, agent: String = "5001") -> AMQPMessage {
        SessionMessage(
            agent: agent, what: what, place: Continuity.Place(epoch: "e2", sequence: 3, callSequence: nil),
            at: 1_769_554_688_150
        ).message(names: .sample)
    }

    @Test(arguments: [
        (nil, #"{"agent":"5001","epoch":"e2","at":"2026-01-27T22:58:08.150Z","instance":"i"}"#),
        (
            "e1",
            #"{"agent":"5001","epoch":"e2","previousEpoch":"e1","at":"2026-01-27T22:58:08.150Z","instance":"i"}"#
        ),
    ])
    func `Started names the epoch and the one before`(previousEpoch: String?, body: String) {
        #expect(message(.started(previousEpoch: previousEpoch, instance: "i")).text == body)
    }

    @Test func `a Gap says from when to when something may be missing`() {
        let gap = SessionMessage.What.gap(
            previousEpoch: "e1", lastSequence: 41, from: 1_769_554_600_000, to: 1_769_554_688_150,
            reason: .pollLost)
        #expect(
            message(gap).text
                == #"{"agent":"5001","epoch":"e2","previousEpoch":"e1","lastSequence":41,"#
                + #""from":"2026-01-27T22:56:40.000Z","to":"2026-01-27T22:58:08.150Z","reason":"poll-lost"}"#)
    }

    @Test func `the first Gap is open at its beginning`() {
        let gap = SessionMessage.What.gap(
            previousEpoch: nil, lastSequence: nil, from: nil, to: 0, reason: .started)
        #expect(
            message(gap).text
                == #"{"agent":"5001","epoch":"e2","to":"1970-01-01T00:00:00.000Z","reason":"started"}"#)
    }

    @Test func `Resynced names all calls that the agent has`() {
        let resynced = SessionMessage.What.resynced(calls: ["c2", "c\"1"], devices: ["d"], published: 3)
        #expect(
            message(resynced).text
                == #"{"agent":"5001","epoch":"e2","at":"2026-01-27T22:58:08.150Z","calls":["c2","c\"1"],"#
                + #""devices":["d"],"published":3}"#)
        #expect(
            message(.resynced(calls: [], devices: [], published: 0)).text.hasSuffix(
                #""calls":[],"devices":[],"published":0}"#))
    }

    @Test func `reasons are the contract's`() {
        #expect(
            SessionMessage.GapReason.allCases.map(\.rawValue) == [
                "started", "taken-over", "session-lost", "poll-lost", "spool-full", "stuck", "logged-out",
            ])
        #expect(
            SessionMessage.EndReason.allCases.map(\.rawValue) == [
                "stopped", "removed", "logged-out", "not-active",
            ])
    }

    @Test func `Ended names the last message before it`() {
        #expect(
            message(.ended(lastSequence: 2, reason: .stopped)).text
                == #"{"agent":"5001","epoch":"e2","lastSequence":2,"at":"2026-01-27T22:58:08.150Z","#
                + #""reason":"stopped"}"#)
    }

    @Test(arguments: [
        (SessionMessage.What.started(previousEpoch: nil, instance: "i"), "Started"),
        (.gap(previousEpoch: nil, lastSequence: nil, from: nil, to: 0, reason: .loggedOut), "Gap"),
        (.resynced(calls: [], devices: [], published: 0), "Resynced"),
        (.ended(lastSequence: 2, reason: .stopped), "Ended"),
    ])
    func `it is keyed by the agent and stands in the order of its events`(
        what: SessionMessage.What, name: String
    ) {
        let message = message(what, agent: "50.01")
        #expect(message.exchange == "gws.events")
        #expect(message.routingKey == "session.50%2E01.\(name)")
        #expect(message.properties.type == name)
        #expect(message.properties.messageID == "50%2E01/e2/3")
        #expect(message.properties.timestamp == 1_769_554_688)
        #expect(message.properties.deliveryMode == 2)
        #expect(message.isMandatory)
        #expect(
            message.properties.headers == [
                "gws-contract": 1, "gws-agent": "50.01", "gws-received-at": 1_769_554_688_150,
                "gws-epoch": "e2", "gws-sequence": 3, "gws-origin": "live",
            ])
    }
}
