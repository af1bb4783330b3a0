import AMQP
import ArgumentParser
import Bridge
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

struct Tail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print events, and outcomes if asked for, as they come, or from the stream of events.",
        discussion: """
            Examples:

              gws-bridge tail --outcomes
              gws-bridge tail 'call.*.CallRecordingStateChange'
              gws-bridge tail 'call.00RV9H7S6O8V3BSHAG7GK2LAES00002M.#' --outcomes --json
              gws-bridge tail --from 1h
              gws-bridge tail --from 2026-11-22T09:30:00Z 'session.*.Gap' --json

            A pattern is one of a topic exchange: * is one word, # is any number of them. It ends with Ctrl-C, and goes \
            on by itself when the broker comes back.

            With --from it begins with what the stream of events keeps, if events.stream.enabled is on for the bridge, \
            and then goes on with what comes; also after the broker was away, without missing or repeating any. FROM is \
            first; last (what the broker wrote last: an event, or some); next; an offset (the header x-stream-offset \
            of an event); a time with its zone, or here; a date; or how long ago: 10m, 24h, 7d. Times are those at \
            which the events came to the bridge. Outcomes are not in the stream.
            """
    )

    @Argument(help: ArgumentHelp("Patterns of routing keys; all if left out.", valueName: "key"))
    var keys: [String] = ["#"]

    @Flag(help: "Outcomes of commands, too.")
    var outcomes = false

    @Option(
        // A time ago may be written with a minus.
        parsing: .unconditional,
        help: ArgumentHelp("Where in the stream to begin.", valueName: "first|last|next|offset|time"),
        transform: Tail.start)
    var from: StreamStart?

    @Option(help: ArgumentHelp("End after so many.", valueName: "number"))
    var count: Int?

    @Flag(help: "A line of JSON each: exchange, routingKey, headers, properties, body.")
    var json = false

    @OptionGroup var configuration: ConfigurationOptions

    func validate() throws {
        guard from == nil || !outcomes else {
            throw ValidationError(
                "--outcomes and --from do not go together: the stream keeps events only. Follow the outcomes by a tail of their own."
            )
        }
        if let count, count < 1 { throw ValidationError("--count must be at least 1.") }
        if let key = keys.first(where: { $0.utf8.count > 255 }) {
            throw ValidationError(
                "The pattern \"\(key.prefix(20))…\" is longer than 255 bytes, no key can match it.")
        }
    }

    func run() async throws {
        let settings = try configuration.settings()
        let names = settings.names
        let feed =
            if let from {
                Follower.Feed.stream(names.eventStream, StreamReading(from: from, keys: keys))
            } else {
                Follower.Feed.exchanges([names.events] + (outcomes ? [names.outcomes] : []), keys: keys)
            }
        let follower = Follower(
            broker: try settings.broker(),
            name: "gws-bridge tail",
            feed: feed,
            count: count,
            tell: { Self.tell($0, of: feed) },
            print: json ? Self.printJSON : from == nil ? Self.printText : Self.printReplayed
        )
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: follower, successTerminationBehavior: .gracefullyShutdownGroup)],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: .silent
            ))
        do {
            try await group.run()
        } catch let error as AMQPError {
            throw Self.failure(error, of: feed)
        } catch is Follower.NoStream {
            throw Self.noStream(feed)
        }
    }

    private static func start(_ text: String) throws -> StreamStart {
        let now = Int64(Date.now.timeIntervalSince1970 * 1000)
        guard let start = StreamStart(text, now: now, timeZone: .current) else {
            throw ValidationError("\(StreamStart.forms).")
        }
        return start
    }

    // MARK: - What goes wrong

    private static func failure(_ error: AMQPError, of feed: Follower.Feed) -> CommandFailure {
        switch (feed, error) {
        case (.stream(let name, _), .channelClosed(404, _, _)):
            return CommandFailure(
                .configuration,
                "there is no stream \(name): set events.stream.enabled to true for the bridge, and start it; on the same "
                    + "broker and virtual host, with the same prefix")
        case (.stream, .channelClosed(406, _, _)): return noStream(feed)
        case (.stream(let name, _), _): return CommandFailure(error, names: name)
        case (.exchanges(let exchanges, _), _):
            return CommandFailure(
                error, names: "queues of its own (amq.gen-*) and \(exchanges.joined(separator: ", "))")
        }
    }

    private static func noStream(_ feed: Follower.Feed) -> CommandFailure {
        CommandFailure(
            .configuration,
            "\(feed.names.joined()) is there, but is no stream; delete it, and the bridge will declare it with "
                + "events.stream.enabled")
    }

    private static func tell(_ news: Follower.News, of feed: Follower.Feed) {
        let text =
            switch news {
            case .following(isAgain: true): "following again; what came meanwhile was missed"
            case .following(isAgain: false): "following \(feed.names.joined(separator: " and "))"
            case .continuing: "following again, after the last that was printed"
            case .missing(let offsets):
                "there is nothing at the offsets \(offsets.lowerBound) to \(offsets.upperBound), or not any more"
            case .interrupted(let reason): "\(reason); trying again"
            }
        Terminal.error.writeLine("gws-bridge: \(text)")
    }

    // MARK: - Lines

    private static func printText(_ message: AMQPMessage) -> Bool {
        Terminal.output.writeLine(TailLine(message).text(on: .output))
    }

    private static func printReplayed(_ message: AMQPMessage) -> Bool {
        Terminal.output.writeLine(TailLine(message).text(on: .output, isReplayed: true))
    }

    private static func printJSON(_ message: AMQPMessage) -> Bool {
        Terminal.output.writeLine(TailLine(message).json)
    }
}
