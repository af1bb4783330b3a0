import AMQP
import Foundation
import GWSSimulator
import TestSupport
import Testing

/// `gws-bridge call` as a person has it: the program in a terminal, against a broker, a simulated GWS and the bridge.
@Suite struct CallTests {
    @Test func `a call rings, a key answers it, and the outcome is seen`() async throws {
        try await withBridge { running in
            let person = try TerminalProgram("call", environment: running.environment)
            try await person.shows("connected")
            try await person.shows("agent 5001")
            _ = try await running.simulator.ring(agent: "5001", from: "+493012345")
            try await person.shows("Ringing")
            #expect(person.screen.text.contains("+493012345"))
            #expect(person.screen.text.contains("a Answer"))
            person.type("a")
            try await person.shows("Established")
            try await person.shows("Answer +493012345: confirmed")
            try await person.shows("h Hold")
            #expect(person.screen.strange.isEmpty)
            person.type("q")
            #expect(try await person.exitCode() == 0)
            #expect(person.isAsShellsWantIt)
            #expect(!person.screen.isAlternate && person.screen.isCursorVisible)
        }
    }

    @Test func `an agent is chosen, and operations are typed and ask for what they need`() async throws {
        try await withBridge { running in
            var environment = running.environment
            environment["GWS_BRIDGE_AGENT"] = nil
            let person = try TerminalProgram("call", environment: environment)
            try await person.shows("connected")
            try await person.shows("Agent: _")
            _ = try await running.establishedCall()
            try await person.shows("> 5001")
            person.type("\r")
            try await person.shows("Established")
            person.type(":SendDtmf\r")
            try await person.shows("digits (0 to 9): _")
            person.type("1x\r")
            try await person.shows("digits must be")
            person.type("\u{15}12\r")
            try await person.shows("SendDtmf +")
            person.type(":NotReady\r")
            try await person.shows("agent 5001  5001, Not Ready")
            person.type("\u{3}")
            #expect(try await person.exitCode() == 0)
        }
    }

    @Test func `it says that the broker has gone, and goes on when it is back`() async throws {
        let broker = try await PrivateBroker.start()
        try await declareExchanges(on: broker)
        let person = try TerminalProgram(
            "call", "--agent", "5001", environment: ["GWS_BRIDGE_AMQP_URL": broker.url])
        try await person.shows("connected")
        try await broker.kill()
        try await person.shows("NOT CONNECTED")
        try await broker.start()
        // Killed that soon, the broker may have forgotten them.
        try await declareExchanges(on: broker)
        try await person.shows("connected again", within: .seconds(60))
        person.signal(SIGTERM)
        #expect(try await person.exitCode() == 0)
        #expect(person.isAsShellsWantIt)
    }

    @Test func `the screen follows the size of the terminal`() async throws {
        let broker = try await PrivateBroker.shared
        let person = try TerminalProgram("call", environment: ["GWS_BRIDGE_AMQP_URL": broker.url])
        try await person.shows("Agent: _")
        person.resize(width: 40, height: 10)
        try await eventually(within: .seconds(20), "the prompt is in the tenth line") {
            person.screen.text.split(separator: "\n", omittingEmptySubsequences: false).last?.hasPrefix(
                "Agent: _") == true
        }
        person.type("q")
        #expect(try await person.exitCode() == 0)
    }

    @Test func `nothing is done while nothing is typed, where somebody made reading not wait`() async throws {
        let broker = try await PrivateBroker.shared
        let person = try TerminalProgram(
            "call", "--agent", "5001", environment: ["GWS_BRIDGE_AMQP_URL": broker.url], isNonBlocking: true)
        try await person.shows("agent 5001")
        try await eventually(within: .seconds(20), "all of the program's threads wait") {
            try person.areThreadsWaiting
        }
        person.type("q")
        #expect(try await person.exitCode() == 0)
    }

    @Test(arguments: [nil, SIGTERM, SIGINT, SIGHUP])
    func `it can be left while the terminal takes no output`(signal: Int32?) async throws {
        let broker = try await PrivateBroker.shared
        let person = try TerminalProgram(
            "call", "--agent", "5001", environment: ["GWS_BRIDGE_AMQP_URL": broker.url])
        try await person.shows("agent 5001")
        person.stopOutput()
        // Whatever this shows cannot be written.
        person.type(":Ready")
        if let signal { person.signal(signal) } else { person.type("\u{3}") }
        #expect(try await person.exitCode() == 0)
        #expect(person.isAsShellsWantIt)
    }

    @Test func `an escape that is pressed alone is a key`() async throws {
        let broker = try await PrivateBroker.shared
        let person = try TerminalProgram(
            "call", "--agent", "5001", environment: ["GWS_BRIDGE_AMQP_URL": broker.url])
        try await person.shows("q leaves")
        person.type(":")
        try await person.shows("Tab completes")
        person.type("\u{1B}")
        try await person.shows("q leaves")
        person.type("q")
        #expect(try await person.exitCode() == 0)
    }

    @Test func `a broker that refuses gives the terminal back, and the code of send`() async throws {
        let broker = try await PrivateBroker.shared
        let url = "amqp://guest:wrong@127.0.0.1:\(broker.port)"
        let person = try TerminalProgram("call", environment: ["GWS_BRIDGE_AMQP_URL": url])
        #expect(try await person.exitCode() == 77)
        #expect(person.isAsShellsWantIt && !person.screen.isAlternate)
        try await person.shows("gws-bridge: ")
    }

    @Test func `where nobody can see it, it says what to use`() async throws {
        let piped = try await Program.run("call", "--agent", "5001")
        #expect(piped.code == 64)
        #expect(piped.error.contains("gws-bridge tail") && piped.error.contains("gws-bridge send"))
        let person = try TerminalProgram("call", environment: ["TERM": "dumb"])
        #expect(try await person.exitCode() == 64)
        #expect(!person.screen.isAlternate)
    }

    private func declareExchanges(on broker: PrivateBroker) async throws {
        try await withLink(to: broker) { link in
            for name in ["gws.events", "gws.outcomes"] {
                try await link.declare(Exchange(name: name, kind: .topic))
            }
        }
    }
}
