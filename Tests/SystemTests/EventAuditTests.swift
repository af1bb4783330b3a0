import AMQP
import GWSSimulator
import TestSupport
import Testing

/// What the proofs of events rest on: that whatever is wrong is found.
struct EventAuditTests {
    private static let start: [HeardEvent] = [
        .sample(1, .started(previousEpoch: nil, at: 100)),
        .sample(2, .gap(.sample(to: 100, reason: "started"))),
        .sample(3, .resynced(calls: [])),
    ]

    @Test func `nothing is said of events that are complete and in order`() async throws {
        let told = try await Self.tell(3)
        let audit = EventAudit(
            emitted: told,
            heard: Self.start + told.enumerated().map { .live(Int64($0) + 4, $1, call: Int64($0) + 1) })
        #expect(audit.complaints == [])
        #expect((audit.live, audit.lost, audit.duplicates) == (3, 0, 0))
        #expect(audit.gaps == ["started": 1])
    }

    @Test func `the same event twice is no fault, and counted`() async throws {
        let told = try await Self.tell(1)
        let event = HeardEvent.live(4, told[0], call: 1)
        let audit = EventAudit(emitted: told, heard: Self.start + [event, event])
        #expect(audit.complaints == [])
        #expect(audit.duplicates == 1)
    }

    @Test func `each fault is found`() async throws {
        let told = try await Self.tell(3)
        let all = told.enumerated().map { HeardEvent.live(Int64($0) + 4, $1, call: Int64($0) + 1) }
        let faults: [String: [HeardEvent]] = [
            "a hole": [all[0], .live(6, told[1], call: 2), .live(7, told[2], call: 3)],
            "a hole in the call's": [all[0], .live(5, told[1], call: 3), .live(6, told[2], call: 4)],
            "a loss": [all[0], .live(5, told[2], call: 2)],
            "another order": [.live(4, told[1], call: 1), .live(5, told[0], call: 2), all[2]],
            "twice under two ids": all + [.live(7, told[2], call: 4)],
            "what nobody told": all + [.sample(7, .notification(.live), body: "{}")],
            "what was read after it was resynced": all + [.sample(7, .notification(.resync), body: "{}")],
            "another text under the same id": all + [.sample(6, .notification(.live), body: "{}")],
            "an epoch that comes too late": all + [
                .sample(1, .started(previousEpoch: "e1", at: 100), epoch: "e0")
            ],
        ]
        for (name, heard) in faults {
            #expect(!EventAudit(emitted: told, heard: Self.start + heard).complaints.isEmpty, "\(name)")
        }
        #expect(!EventAudit(emitted: told, heard: Array(Self.start.dropFirst()) + all).complaints.isEmpty)
        #expect(!EventAudit(emitted: told, heard: Array(Self.start.dropLast()) + all).complaints.isEmpty)
    }

    @Test func `what a gap names may be missing`() async throws {
        let told = try await Self.tell(3)
        let gap = HeardEvent.Gap.sample(
            previousEpoch: "e1", lastSequence: 4, from: told[1].time - 5, to: told[2].time + 5,
            reason: "session-lost")
        let next: [HeardEvent] = [
            .sample(1, .started(previousEpoch: "e1", at: gap.to), epoch: "e2"),
            .sample(2, .gap(gap), epoch: "e2"),
            .sample(3, .resynced(calls: []), epoch: "e2"),
        ]
        let audit = EventAudit(
            emitted: told, heard: Self.start + [.live(4, told[0], call: 1)] + next)
        #expect(audit.complaints == [])
        #expect((audit.lost, audit.unheard) == (2, 0))
        let less = EventAudit(emitted: told, heard: Self.start + next)
        #expect(!less.complaints.isEmpty)
    }

    @Test func `what was told before the first epoch is not lost`() async throws {
        let told = try await Self.tell(2)
        let start: [HeardEvent] = [
            .sample(1, .started(previousEpoch: nil, at: told[1].time)),
            .sample(2, .gap(.sample(to: told[1].time, reason: "started"))), .sample(3, .resynced(calls: [])),
        ]
        let audit = EventAudit(emitted: told, heard: start)
        #expect(audit.complaints == [])
        #expect((audit.lost, audit.unheard, audit.read) == (0, 2, 0))
    }

    @Test func `a gap that excuses more than may be missing is found`() async throws {
        let told = try await Self.tell(1)
        let right = HeardEvent.Gap.sample(
            previousEpoch: "e1", lastSequence: 4, from: told[0].time + 5, to: told[0].time + 50,
            reason: "started")
        func complaints(of gap: HeardEvent.Gap) -> [String] {
            let next: [HeardEvent] = [
                .sample(1, .started(previousEpoch: "e1", at: right.to), epoch: "e2"),
                .sample(2, .gap(gap), epoch: "e2"), .sample(3, .resynced(calls: []), epoch: "e2"),
            ]
            return EventAudit(emitted: told, heard: Self.start + [.live(4, told[0], call: 1)] + next)
                .complaints
        }
        #expect(complaints(of: right) == [])
        var gap = right
        gap.from = nil
        #expect(complaints(of: gap).count == 1)
        gap = right
        gap.to += 1000
        #expect(complaints(of: gap).count == 1)
        gap = right
        gap.lastSequence = 5
        #expect(complaints(of: gap).count == 1)
    }

    @Test func `the spool may have dropped what stood in the middle`() async throws {
        let told = try await Self.tell(3)
        let gap = HeardEvent.Gap.sample(
            previousEpoch: "e1", lastSequence: 4, from: told[1].time - 5, to: told[2].time + 5,
            reason: "spool-full")
        let heard: [HeardEvent] = [
            .live(4, told[0], call: 1), .live(6, told[2], call: 3),
            .sample(1, .started(previousEpoch: "e1", at: gap.to), epoch: "e2"),
            .sample(2, .gap(gap), epoch: "e2"),
            .sample(3, .resynced(calls: []), epoch: "e2"),
        ]
        #expect(EventAudit(emitted: told, heard: Self.start + heard).complaints == [])
    }

    /// As GWS tells: of one call.
    private static func tell(_ number: Int) async throws -> [EmittedNotification] {
        let simulator = Simulator()
        let call = try await simulator.ring(agent: "5001")
        for index in 1..<max(2, number) {
            try await simulator.update(call: call, userData: #"{"n":\#(index)}"#)
        }
        return Array(await simulator.notifications().prefix(number))
    }
}

extension HeardEvent {
    fileprivate static func sample(
        _ sequence: Int64, _ what: What, epoch: String = "e1", body: String = "", callID: String? = nil,
        call: Int64? = nil
    ) -> HeardEvent {
        var properties = Properties()
        properties.messageID = "5001/\(epoch)/\(sequence)"
        let message = AMQPMessage(
            exchange: "gws.events", routingKey: "", properties: properties, body: Array(body.utf8))
        return HeardEvent(
            agent: "5001", epoch: epoch, sequence: sequence, callID: callID, callSequence: call,
            callState: nil,
            what: what, message: message)
    }

    fileprivate static func live(_ sequence: Int64, _ told: EmittedNotification, call: Int64) -> HeardEvent {
        .sample(sequence, .notification(.live), body: told.message, callID: told.callID, call: call)
    }
}

extension HeardEvent.Gap {
    fileprivate static func sample(
        previousEpoch: String? = nil, lastSequence: Int64? = nil, from: Int64? = nil, to: Int64,
        reason: String
    ) -> Self {
        Self(previousEpoch: previousEpoch, lastSequence: lastSequence, from: from, to: to, reason: reason)
    }
}
