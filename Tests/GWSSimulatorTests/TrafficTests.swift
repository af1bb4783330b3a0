import GWSSimulator
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct TrafficTests {
    @Test func `calls ring, are answered and end by themselves`() async throws {
        var configuration = SimulatorConfiguration()
        configuration.traffic = Traffic(
            callsPerSecond: 50, answerAfter: .milliseconds(30), endAfter: .milliseconds(60))
        try await withSimulator(configuration) { simulator, _ in
            let ringing = try await simulator.notification { $0.data.contains(#""state":"Ringing""#) }
            for state in ["Established", "Released"] {
                _ = try await simulator.notification {
                    $0.callID == ringing.callID && $0.data.contains(#""state":"\#(state)""#)
                }
            }
        }
    }

    @Test func `no agent has two of these calls at a time`() async throws {
        var configuration = SimulatorConfiguration(agents: [.init("5001", password: "x")])
        configuration.traffic = Traffic(callsPerSecond: 200, answerAfter: nil, endAfter: .milliseconds(50))
        try await withSimulator(configuration) { simulator, _ in
            _ = try await simulator.notification { $0.sequence == 8 }
            let states = try await simulator.notifications().prefix(8).map {
                try JSON(parsing: $0.data)["call"]?["state"]?.string
            }
            #expect(
                states == [
                    "Ringing", "Released", "Ringing", "Released", "Ringing", "Released", "Ringing",
                    "Released",
                ])
        }
    }
}
