import AMQP
import ArgumentParser
import Logging
import ServiceLifecycle
import UnixSignals

struct Tail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print events, and outcomes if asked for, as they come.",
        discussion: """
            Examples:

              gws-bridge tail --outcomes
              gws-bridge tail 'call.*.CallRecordingStateChange'
              gws-bridge tail 'call.00RV9H7S6O8V3BSHAG7GK2LAES00002M.#' --outcomes --json

            A pattern is one of a topic exchange: * is one word, # is any number of them. It ends with Ctrl-C, and goes \
            on by itself when the broker comes back.
            """
    )

    @Argument(help: ArgumentHelp("Patterns of routing keys; all if left out.", valueName: "key"))
    var keys: [String] = ["#"]

    @Flag(help: "Outcomes of commands, too.")
    var outcomes = false

    @Option(
        help: ArgumentHelp(
            "Where to begin: not available in this version.", valueName: "first|last|offset|time"))
    var from: String?

    @Option(help: ArgumentHelp("End after so many.", valueName: "number"))
    var count: Int?

    @Flag(help: "A line of JSON each: exchange, routingKey, headers, properties, body.")
    var json = false

    @OptionGroup var configuration: ConfigurationOptions

    func validate() throws {
        guard from == nil else {
            throw ValidationError(
                "--from is not available in this version: it needs the stream of events, which comes later.")
        }
        if let count, count < 1 { throw ValidationError("--count must be at least 1.") }
        if let key = keys.first(where: { $0.utf8.count > 255 }) {
            throw ValidationError(
                "The pattern \"\(key.prefix(20))…\" is longer than 255 bytes, no key can match it.")
        }
    }

    func run() async throws {
        let settings = try configuration.settings()
        let prefix = settings.text("prefix") ?? ""
        let exchanges = ["\(prefix).events"] + (outcomes ? ["\(prefix).outcomes"] : [])
        let follower = Follower(
            broker: try settings.broker(),
            name: "gws-bridge tail",
            exchanges: exchanges,
            keys: keys,
            count: count,
            tell: { Self.tell($0, of: exchanges) },
            print: json ? Self.printJSON : Self.printText
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
            throw CommandFailure(
                error,
                names: "queues of its own (amq.gen-*) and \(follower.exchanges.joined(separator: ", "))")
        }
    }

    private static func tell(_ news: Follower.News, of exchanges: [String]) {
        let text =
            switch news {
            case .following(isAgain: true): "following again; what came meanwhile was missed"
            case .following(isAgain: false): "following \(exchanges.joined(separator: " and "))"
            case .interrupted(let reason): "\(reason); trying again"
            }
        Terminal.error.writeLine("gws-bridge: \(text)")
    }

    private static func printText(_ message: AMQPMessage) -> Bool {
        Terminal.output.writeLine(TailLine(message).text(on: .output))
    }

    private static func printJSON(_ message: AMQPMessage) -> Bool {
        Terminal.output.writeLine(TailLine(message).json)
    }
}
