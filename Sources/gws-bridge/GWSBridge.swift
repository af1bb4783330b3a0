import ArgumentParser
import Bridge
import Foundation

/// The program. It parses, runs one subcommand, and is the only place that turns an error into a line and a code.
@main
struct GWSBridge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gws-bridge",
        abstract: "Joins Genesys Web Services and RabbitMQ: commands in, events out.",
        discussion: """
            Start with a configuration, and see whether everything can be reached:

              gws-bridge check --config bridge.yaml
              gws-bridge run --config bridge.yaml

            Every key of the configuration is also a variable: amqp.url is GWS_BRIDGE_AMQP_URL.
            """,
        version: "gws-bridge \(Bridge.version)",
        subcommands: [
            Run.self, Check.self, Send.self, Tail.self, Call.self, DeadLetters.self, SchemaCommand.self,
            Health.self,
        ]
    )

    static func main() async {
        // A reader that has gone is an error of the write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try await asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            leave(failure)
        } catch let error as ConfigurationError {
            leave(CommandFailure(.configuration, error.description))
        } catch {
            exit(withError: error)
        }
    }

    private static func leave(_ failure: CommandFailure) -> Never {
        Terminal.error.writeLine("gws-bridge: \(failure.description)")
        Foundation.exit(failure.code.rawValue)
    }
}

/// What the subcommands that need a configuration have in common.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "YAML file of the configuration; the environment goes before it.", valueName: "file"))
    var config: String?

    /// - Parameter names: The keys that are wanted, where the others do not matter.
    func settings(only names: [String]? = nil) throws(ConfigurationError) -> Settings {
        try Settings(file: config, environment: ProcessInfo.processInfo.environment, only: names)
    }
}
