import AMQP
import ArgumentParser
import Foundation

struct Call: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show an agent's calls as they go, with keys for what can be done to them.",
        discussion: """
            Examples:

              gws-bridge call --agent 5001
              gws-bridge call

            Every operation that the selected call offers has a letter; parameters are asked for. ":" takes any other \
            operation: "Ready", "Dial destination=5002". It uses the broker only, as any program may: it shows what \
            comes from its start on. It needs a terminal; for scripts there are tail and send.
            """
    )

    @Option(
        help: ArgumentHelp("The agent; the configured one, or one to choose, if left out.", valueName: "name")
    )
    var agent: String?

    @Option(
        help: ArgumentHelp(
            "How long to wait for a reply; a command is not sent to GWS so late that the last would not come in time.",
            valueName: "duration"))
    var timeout = Timeout(.seconds(10))

    @Flag(help: Send.anonymousHelp)
    var anonymous = false

    @OptionGroup var configuration: ConfigurationOptions

    func validate() throws {
        if agent?.isEmpty == true { throw ValidationError("--agent must not be empty.") }
    }

    func run() async throws {
        guard let terminal = RawTerminal(environment: ProcessInfo.processInfo.environment) else {
            throw CommandFailure(
                .usage,
                "call needs a terminal (standard input and output, TERM other than dumb); "
                    + "to watch calls use gws-bridge tail --outcomes, to send a command gws-bridge send")
        }
        let settings = try configuration.settings()
        let program = CallProgram(
            broker: try settings.broker(), prefix: settings.text("prefix") ?? "",
            agent: agent ?? settings.onlyAgent,
            patience: Patience(timeout.limit, confirming: settings.duration("commands.confirm-within")),
            isAnonymous: anonymous, terminal: terminal)
        do {
            try await program.run()
        } catch let error as AMQPError {
            throw CommandFailure(
                error, names: "queues of its own (amq.gen-*) and \(program.exchanges.joined(separator: ", "))"
            )
        }
    }
}
