import GWSSimulator
import TestSupport
import Testing

@testable import GWS

@Suite(.timeLimit(.minutes(1)))
struct NotificationsTests {
    @Test func `notifications come in order, each with the bytes that GWS sent`() async throws {
        try await withBench { bench in
            try await bench.whileRunning { events in
                #expect(try await events.next("the start").startReason == .first)
                let call = try await bench.simulator.ring(agent: "5001")
                try await bench.simulator.answer(call: call)
                #expect(try await bench.perform("StartCallRecording", call: call).kind == .accepted)
                let notifications = try await events.notifications(3, "three notifications")
                #expect(
                    notifications.map(\.notificationType) == [
                        "StatusChange", "StatusChange", "CallRecordingStateChange",
                    ])
                #expect(notifications.map(\.callState) == ["Ringing", "Established", "Established"])
                #expect(notifications.last?.recordingState == "Recording")
                #expect(notifications.allSatisfy { $0.callID == call && $0.channel == "/v2/me/calls" })
                #expect(notifications.allSatisfy { $0.generatedAt != nil })
                let sent = await bench.simulator.notifications().map(\.message)
                #expect(notifications.map { String(decoding: $0.body, as: UTF8.self) } == sent)
            }
        }
    }

    @Test func `a poll that is held does not hold up operations`() async throws {
        try await withBench { bench in
            try await bench.whileRunning { events in
                _ = try await events.next("the start")
                let call = try await bench.simulator.ring(agent: "5001")
                _ = try await events.next("the ringing")
                try await untilPolling(bench)
                #expect(try await bench.perform("Answer", call: call).kind == .accepted)
            }
        }
    }

    @Test func `the run is over at once when it is cancelled, and goes on with the same client id`()
        async throws
    {
        try await withBench(acknowledge: true) { bench in
            for _ in 0..<2 {
                let error = try await bench.whileRunning { _ in try await untilPolling(bench) }
                #expect(error is CancellationError)
            }
            #expect(await bench.simulator.clientCount(of: "5001") == 1)
        }
    }

    @Test func `a session that stood still begins anew, and says so`() async throws {
        try await withBench { bench in
            try await bench.whileRunning { events in
                #expect(try await events.next("the start").startReason == .first)
                try await untilPolling(bench)
            }
            await bench.session.startAnew()
            try await bench.whileRunning { events in
                let start = try await events.next("the new start")
                #expect(start.startReason == .stuck)
            }
        }
    }

    @Test func `a forgotten client id begins anew`() async throws {
        try await withBench { bench in
            try await bench.whileRunning { events in
                #expect(try await events.next("the start").startReason == .first)
                try await untilPolling(bench)
                await bench.simulator.forgetClients()
                #expect(try await events.next("a new start").startReason == .forgotten)
                try await bench.simulator.ring(agent: "5001")
                _ = try await events.notifications(1, "the ringing")
            }
        }
    }

    @Test func `an HTTP session that ends begins anew as soon as an operation finds out`() async throws {
        try await withBench { bench in
            try await bench.whileRunning { events in
                _ = try await events.next("the start")
                try await untilPolling(bench)
                await bench.simulator.invalidateSessions()
                let call = try await bench.simulator.ring(agent: "5001")
                #expect(try await bench.perform("Answer", call: call).kind == .accepted)
                while true {
                    if case .started(let reason) = try await events.next("a new start") {
                        #expect(reason == .loginLost)
                        break
                    }
                }
                #expect(await bench.requests().count { $0 == "GET /api/v2/me" } == 2)
            }
        }
    }

    @Test func `an HTTP session that ends begins anew as soon as the poll finds out`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.hold = .milliseconds(200)
        try await withBench(configuration) { bench in
            try await bench.whileRunning { events in
                _ = try await events.next("the start")
                await bench.simulator.invalidateSessions()
                #expect(try await events.next("a new start").startReason == .loginLost)
            }
        }
    }

    @Test func `a server that starts again is found by the next run`() async throws {
        try await withBench { bench in
            // The poll is cut, and that ends the run.
            let error = try await bench.whileRunning(cancelling: false) { events in
                _ = try await events.next("the start")
                try await untilPolling(bench)
                await bench.simulator.restart()
            }
            guard case .disconnected? = error as? GWSError else {
                Issue.record("the run ended with \(String(describing: error))")
                return
            }
            try await bench.whileRunning { events in
                let found = try await events.next("a new start").startReason
                #expect(found == .loginLost)
            }
        }
    }

    @Test func `advice not to come back ends the run`() async throws {
        try await withBench { bench in
            await bench.simulator.denyHandshakes(of: "5001")
            let error = await bench.runToItsEnd()
            guard case .notificationsEnded(let reason)? = error as? GWSError else {
                Issue.record("the run did not end as advised")
                return
            }
            #expect(reason.contains("403::Handshake denied"))
            await bench.simulator.denyHandshakes(false, of: "5001")
            try await bench.whileRunning { events in
                let found = try await events.next("the start").startReason
                #expect(found == .first)
            }
        }
    }

    @Test func `advice to wait is followed`() async throws {
        try await withBench { bench in
            try await bench.whileRunning { events in
                _ = try await events.next("the start")
                try await untilPolling(bench)
                try await bench.simulator.advise(#"{"reconnect":"retry","interval":300}"#, of: "5001")
                let now = ContinuousClock.now
                let before = await bench.simulator.conversations().last?.sequence ?? 0
                try await bench.simulator.ring(agent: "5001")
                _ = try await events.notifications(1, "the ringing")
                // Answered by the call's end.
                await bench.simulator.end(call: await bench.simulator.currentCalls[0].id)
                _ = try await bench.simulator.request(after: before) { $0.body.contains("/meta/connect") }
                #expect(ContinuousClock.now - now >= .milliseconds(300))
            }
        }
    }

    @Test func `ending takes leave of the server`() async throws {
        try await withBench { bench in
            try await bench.whileRunning { events in
                _ = try await events.next("the start")
            }
            await bench.session.end()
            #expect(await bench.simulator.clientCount(of: "5001") == 0)
            #expect(bench.session.status.phase == .idle)
        }
    }

    @Test func `a session runs once at a time`() async throws {
        try await withBench { bench in
            try await bench.whileRunning { events in
                _ = try await events.next("the start")
                let error = await bench.runToItsEnd() as? GWSError
                #expect(error == .running)
            }
        }
    }

    @Test func `never are two connects of a session under way`() async throws {
        try await withBench { bench in
            try await bench.whileRunning { events in
                _ = try await events.next("the start")
                for _ in 0..<20 {
                    let call = try await bench.simulator.ring(agent: "5001")
                    await bench.simulator.end(call: call)
                }
                _ = try await events.notifications(40, "forty notifications")
                await bench.simulator.invalidateSessions()
                _ = try await bench.perform("Answer")
                _ = try await events.next("a new start")
            }
            // The simulator answers the older of two connects with 500.
            let statuses = await bench.simulator.conversations().map(\.status)
            #expect(!statuses.contains(500))
        }
    }
}

/// Until the simulator holds the agent's poll.
func untilPolling(_ bench: Bench) async throws {
    let deadline = ContinuousClock.now + .seconds(15)
    while await bench.simulator.heldPollCount == 0 {
        guard ContinuousClock.now < deadline else {
            throw EventQueue.Missing(description: "waited in vain for a held poll")
        }
        await Task.yield()
    }
}
