import AMQP
import Foundation
import GWS
import NIOConcurrencyHelpers
import UnixSignals

/// Carries out what ``CallScreen`` decides: draws its lines, passes it keys, events and replies, publishes its
/// commands.
///
/// It is a microservice like any other: it knows the bridge by its exchanges only.
struct CallProgram: Sendable {
    private let broker: Broker
    private let prefix: String
    private let patience: Patience
    private let isAnonymous: Bool
    private let terminal: RawTerminal
    private let screen: NIOLockedValueBox<CallScreen>
    /// Over which commands go out; nil while there is no connection.
    private let link = NIOLockedValueBox<AMQPConnection?>(nil)
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation

    init(
        broker: Broker, prefix: String, agent: String?, patience: Patience, isAnonymous: Bool,
        terminal: RawTerminal
    ) {
        self.broker = broker
        self.prefix = prefix
        self.patience = patience
        self.isAnonymous = isAnonymous
        self.terminal = terminal
        let letters = KeyAssignment(OperationCatalogue.all)
        screen = NIOLockedValueBox(CallScreen(agent: agent, letters: letters, limit: patience.limit))
        // Who draws is told that there is something to draw, not how often.
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var exchanges: [String] { ["\(prefix).events", "\(prefix).outcomes"] }

    /// Ends when the person leaves, and with the signals that end a program. Throws what no trying again would mend.
    func run() async throws {
        guard terminal.waitForForeground() else { throw Self.inBackground }
        let signals = await UnixSignalsSequence(
            trapping: .sigwinch, .sigcont, .sigint, .sigterm, .sighup, .sigquit)
        terminal.enter()
        defer { terminal.leave() }
        try await withThrowingTaskGroup { group in
            group.addTask { try await follower.run() }
            group.addTask { await draw() }
            group.addTask { await tick() }
            group.addTask { try await take(signals) }
            group.addTask { try await takeKeys() }
            // The first to end ends all: it left, or failed. Whatever the end of the connection takes, the terminal is
            // free.
            defer { terminal.leave() }
            try await group.next()
            group.cancelAll()
        }
    }

    // MARK: - The screen

    private func change(_ body: (inout CallScreen) -> Void) {
        screen.withLockedValue(body)
        changed.yield()
    }

    private func draw() async {
        for await _ in changes {
            let size = terminal.size
            let lines = screen.withLockedValue { $0.lines(width: size.width, height: size.height, at: .now) }
            terminal.draw(lines, size: size)
            // Nobody reads faster, and a terminal far away may not keep up. Cancelled, the loop ends too.
            try? await Task.sleep(for: .milliseconds(30))
        }
    }

    /// The clocks on the screen go on by the second.
    private func tick() async {
        repeat {
            change { $0.tick(at: .now) }
            // Cancelled, the loop ends.
            try? await Task.sleep(for: .seconds(1))
        } while !Task.isCancelled
    }

    // MARK: - The person

    private func takeKeys() async throws {
        var reader = KeyReader()
        try await withThrowingDiscardingTaskGroup { group in
            for try await input in terminal.typed() {
                // Ctrl-Z did not stop us, where there is no shell that could wake us.
                if !terminal.isEntered { terminal.enter() }
                let keys =
                    switch input {
                    case .bytes(let bytes): reader.keys(of: bytes)
                    case .pause: reader.keysAfterPause()
                    }
                for key in keys {
                    switch press(key) {
                    case .publish(let message, let id): group.addTask { await publish(message, id) }
                    case .suspend: suspend()
                    case .leave:
                        group.cancelAll()
                        return
                    case nil: break
                    }
                }
            }
        }
    }

    private enum Step {
        case publish(AMQPMessage, id: String)
        case suspend
        case leave
    }

    private func press(_ key: Key) -> Step? {
        defer { changed.yield() }
        return screen.withLockedValue { screen in
            switch screen.press(key) {
            case .send(let command):
                let id = UUID().uuidString.lowercased()
                screen.sent(command, id: id, at: .now)
                do {
                    return .publish(try command.message(prefix: prefix, reply: .both, id: id), id: id)
                } catch {
                    screen.fail(id, "\(error)")
                    return nil
                }
            case .suspend: return .suspend
            case .leave: return .leave
            case nil: return nil
            }
        }
    }

    private func suspend() {
        terminal.leave()
        // The shell's whole job, as a terminal does it. SIGCONT tells when it goes on.
        kill(0, SIGTSTP)
    }

    private static let inBackground = CommandFailure(
        .unavailable, "it is in the background, and there is no shell that could bring it to the foreground")

    private func take(_ signals: UnixSignalsSequence) async throws {
        for await signal in signals {
            switch signal {
            case .sigwinch: changed.yield()
            case .sigcont:
                guard terminal.waitForForeground() else { throw Self.inBackground }
                terminal.enter()
                changed.yield()
            default:
                // Who sends another one does not want to wait any longer.
                for number in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] { Foundation.signal(number, SIG_DFL) }
                return
            }
        }
    }

    // MARK: - The broker

    private var follower: Follower {
        Follower(
            broker: broker,
            name: "gws-bridge call",
            feed: .exchanges(exchanges, keys: ["#"]),
            tell: { news in
                // Commands can go out a little later than events come in: that is what counts as connected.
                if case .interrupted = news { change { $0.take(news) } }
            },
            print: { message in
                if message.exchange == exchanges[1] {
                    change { $0.take(outcome: message.body, at: .now) }
                } else {
                    change { $0.take(message, at: .now) }
                }
                return true
            },
            beside: { try await takeReplies(over: $0) }
        )
    }

    private static let replyQueue = "amq.rabbitmq.reply-to"

    private func takeReplies(over link: AMQPConnection) async throws {
        // The consumer first: the broker refuses a message that asks for replies nobody could get.
        let replies = try await link.consume(Self.replyQueue, prefetch: 0, acknowledges: false)
        self.link.withLockedValue { $0 = link }
        change { $0.take(.following(isAgain: $0.isInterrupted)) }
        defer { self.link.withLockedValue { $0 = nil } }
        for try await batch in replies {
            for delivery in batch { change { $0.take(outcome: delivery.message.body, at: .now) } }
        }
    }

    private func publish(_ message: AMQPMessage, _ id: String) async {
        guard let link = link.withLockedValue({ $0 }) else {
            change { $0.fail(id, "not connected to the broker") }
            return
        }
        var message = message
        message.properties.replyTo = Self.replyQueue
        message.properties.expire(with: patience)
        if !isAnonymous { message.properties.name(userOf: link, of: broker) }
        let result = await link.publish(message)
        change { $0.published(id, result) }
    }
}
