import AMQP
import Foundation
import GWS

@testable import gws_bridge

/// A screen, and what comes to it.
struct Viewer {
    var screen: CallScreen
    var now = ContinuousClock.now

    init(agent: String? = "5001", isConnected: Bool = true) {
        screen = CallScreen(agent: agent, letters: KeyAssignment(OperationCatalogue.all))
        if isConnected { screen.take(Follower.News.following(isAgain: false)) }
    }

    var text: String { text(width: 80, height: 24) }

    func text(width: Int, height: Int) -> String {
        screen.lines(width: width, height: height, at: now).map(\.text).joined(separator: "\n")
    }

    var lastLine: String { screen.lines(width: 80, height: 24, at: now).last?.text ?? "" }

    /// A notification about a call.
    /// - Parameter call: Members of the call beside id and state, each with a comma before it.
    mutating func hears(
        _ id: String, _ state: String = "Established", of agent: String = "5001", _ call: String = "",
        type: String = "StatusChange"
    ) {
        hears(
            data:
                #"{"messageType":"CallStateChangeMessage","call":{"id":"\#(id)","state":"\#(state)"\#(call)}}"#,
            of: agent, type: type)
    }

    mutating func hears(data: String, of agent: String = "5001", type: String = "", key: String = "call.x.y")
    {
        screen.take(
            AMQPMessage(
                exchange: "gws.events", routingKey: key,
                properties: Properties(headers: ["gws-agent": .string(agent)], type: type),
                body: Array(#"{"data":\#(data),"channel":"/v2/me/calls"}"#.utf8)),
            at: now)
    }

    mutating func hearsSession(_ what: String, of agent: String = "5001", _ body: String = "{}") {
        screen.take(
            AMQPMessage(
                exchange: "gws.events", routingKey: "session.\(agent).\(what)",
                properties: Properties(headers: ["gws-agent": .string(agent)], type: what),
                body: Array(body.utf8)),
            at: now)
    }

    mutating func isTold(_ outcome: String) {
        screen.take(outcome: Array(outcome.utf8), at: now)
    }

    mutating func passes(_ duration: Duration) {
        now += duration
        screen.tick(at: now)
    }

    @discardableResult
    mutating func types(_ text: String) -> CallScreen.Action? {
        text.reduce(nil) { _, character in screen.press(.text(character)) }
    }

    /// Presses a key, and takes what is to be sent for sent.
    mutating func sends(_ key: Key, as id: String) {
        if case .send(let command) = screen.press(key) { screen.sent(command, id: id, at: now) }
    }
}

extension CallScreen.Action {
    /// The body of the command.
    var body: String? {
        guard case .send(let command) = self else { return nil }
        return (try? command.body()).map { String(decoding: $0, as: UTF8.self) }
    }
}
