import AsyncHTTPClient
import GWSSimulator
import NIOCore
import TestSupport
import Testing

/// What is kept from being done, from being answered and from being told.
@Suite(.timeLimit(.minutes(1))) struct HeldBackTests {
    @Test func `what is parked is done when it is released, and not before`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            await simulator.inject(Fault(.park, method: "POST"))
            async let reply = browser.operate("Answer", on: call)
            try await eventually(within: .seconds(10), "it is parked") { await simulator.parkedCount == 1 }
            #expect(await simulator.call(call)?.parties.last?.state == "Ringing")
            await simulator.releaseParked()
            #expect(try await reply.status == 200)
            #expect(await simulator.call(call)?.parties.last?.state == "Established")
            #expect(await simulator.parkedCount == 0)
        }
    }

    @Test func `what is parked does not keep the simulator from stopping`() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        try await withSimulator { simulator, url in
            await simulator.inject(Fault(.park, path: "/me"))
            let request = HTTPClientRequest(url: url + "/api/v2/me")
            await #expect(throws: (any Error).self) {
                try await HTTPClient.shared.execute(request, timeout: .seconds(1))
            }
            #expect(await simulator.parkedCount == 1)
        }
        #expect(clock.now - start < .seconds(8))
    }

    @Test func `operations that are under way together are counted`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let calls = [try await simulator.ring(agent: "5001"), try await simulator.ring(agent: "5001")]
            await simulator.inject(Fault(.park, method: "POST", path: "/me/calls", times: 2))
            try await withThrowingTaskGroup { group in
                for call in calls {
                    group.addTask { _ = try await browser.operate("Answer", on: call) }
                }
                try await eventually(within: .seconds(10), "both are parked") {
                    await simulator.parkedCount == 2
                }
                await simulator.releaseParked()
                try await group.waitForAll()
            }
            _ = try await browser.operate("Hold", on: calls[0])
            let counts = await simulator.requests().filter { $0.method == "POST" }.map(\.operationsUnderWay)
            #expect(counts == [1, 2, 1])
        }
    }

    @Test func `what is ignored is accepted, has no effect, and nobody hears of it`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            await simulator.inject(Fault(.ignore))
            let told = await simulator.notifications().count
            #expect(try await browser.operate("Answer", on: call).body == #"{"statusCode":0}"#)
            #expect(await simulator.requests().last?.executed == false)
            #expect(await simulator.call(call)?.parties.last?.state == "Ringing")
            #expect(await simulator.notifications().count == told)
        }
    }

    @Test func `while notifications are muted things happen all the same`() async throws {
        try await withSimulator { simulator, url in
            let browser = try await Browser.loggedIn(at: url)
            let call = try await simulator.ring(agent: "5001")
            await simulator.muteNotifications()
            _ = try await browser.operate("Answer", on: call)
            #expect(await simulator.notifications().count == 1)
            #expect(await simulator.call(call)?.parties.last?.state == "Established")
            await simulator.muteNotifications(false)
            _ = try await browser.operate("Hold", on: call)
            #expect(await simulator.notifications().count == 2)
        }
    }

    @Test func `a fault by chance strikes the same requests with the same seed`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.seed = 42
        var runs: [[Int]] = []
        for _ in 0..<2 {
            runs.append(
                try await withSimulator(configuration) { simulator, url in
                    await simulator.inject(
                        Fault(.tooManyRequests, path: "/me", times: nil, probability: 0.5))
                    let browser = Browser(url)
                    var statuses: [Int] = []
                    for _ in 0..<16 { statuses.append(try await browser.get("/api/v2/me").status) }
                    return statuses
                })
        }
        #expect(runs[0] == runs[1])
        #expect(Set(runs[0]).count == 2)
    }
}
