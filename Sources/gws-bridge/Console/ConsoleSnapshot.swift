import Bridge
import Foundation

/// What the console's page shows, as JSON.
struct ConsoleSnapshot: Encodable {
    struct Session: Encodable {
        let agent: String
        let state: String
        /// Seconds.
        let pollAge: Double?
        let trouble: String?
    }

    struct Call: Encodable {
        let agent: String
        let id: String
        let state: String?
        let recording: String?
        let isConsult: Bool
        /// Nil unless personal data are to be shown.
        let parties: [String]?
    }

    struct Command: Encodable {
        let id: String
        let agent: String?
        let call: String?
        let operation: String?
        let stage: String
        /// Seconds.
        let age: Double
    }

    struct Broker: Encodable {
        let isPublishing: Bool
        let isConsuming: Bool
        let blocked: String?
        let unconfirmed: Int
        let spooled: Int
        /// Seconds.
        let spoolAge: Double?
        /// Messages in the queue of dead letters; nil where it cannot be asked.
        let deadLetters: Int?
    }

    let instance: String
    let version: String
    /// Seconds since the process began.
    let uptime: Double
    let reasons: [String]
    let broker: Broker
    /// Agents to whose GWS nothing is sent for now.
    let unreachable: Int
    let sessionCounts: [String: Int]
    let sessions: [Session]
    let callCount: Int
    let calls: [Call]
    let commandCount: Int
    let commands: [Command]
    /// The last two minutes, a second each.
    let rates: [RateHistory.Second]

    init(
        _ overview: Overview, instance: String, uptime: Duration, deadLetters: Int?,
        rates: [RateHistory.Second], showsPersonalData: Bool
    ) {
        self.instance = instance
        version = Bridge.version
        self.uptime = uptime.seconds
        reasons = overview.readiness.reasons
        broker = Broker(
            isPublishing: overview.publishing != nil, isConsuming: overview.isConsuming,
            blocked: overview.publishing?.blockedReason,
            unconfirmed: overview.publishing?.unconfirmed ?? 0,
            spooled: overview.spooledEvents, spoolAge: overview.spoolAge?.seconds, deadLetters: deadLetters)
        unreachable = overview.unreachableAgents
        sessionCounts = overview.sessionCounts
        sessions = overview.sessions.map {
            Session(agent: $0.agent, state: $0.state, pollAge: $0.pollAge?.seconds, trouble: $0.trouble)
        }
        callCount = overview.callCount
        calls = overview.calls.map {
            Call(
                agent: $0.agent, id: $0.id, state: $0.state, recording: $0.recordingState,
                isConsult: $0.isConsult, parties: showsPersonalData ? $0.parties : nil)
        }
        commandCount = overview.commandCount
        commands = overview.commands.map {
            Command(
                id: $0.id, agent: $0.agent, call: $0.callID, operation: $0.operation,
                stage: $0.stage.rawValue, age: $0.age.seconds)
        }
        self.rates = rates
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }
}

extension Duration {
    /// To a tenth: nobody reads more of it, and what does not change need not be drawn again.
    fileprivate var seconds: Double { (self / .milliseconds(100)).rounded() / 10 }
}
