import ArgumentParser
import Bridge
import GWS

/// `gws-bridge schema`: not named after it, for the schemas themselves are.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract:
            "Print what commands, outcomes and events look like, for programs to check and to generate from.",
        discussion: """
            Examples:

              gws-bridge schema asyncapi --prefix gws
              gws-bridge schema command StartCallRecording
              gws-bridge schema outcome

            Each is one JSON document: AsyncAPI 3.0, or JSON Schema 2020-12. Neither broker nor GWS is asked.
            """,
        subcommands: [
            AsyncAPICommand.self, Command.self, Outcome.self, SessionEvent.self, OperationsTable.self,
        ]
    )

    struct AsyncAPICommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "asyncapi", abstract: "Everything, with exchanges, queues and keys.")

        @Option(
            help: ArgumentHelp(
                "Beginning of the names of exchanges and queues; the configured one if left out.",
                valueName: "name"))
        var prefix: String?

        @OptionGroup var configuration: ConfigurationOptions

        func run() throws {
            let prefix = try prefix.map(Self.checked) ?? configuration.settings().text("prefix")
            print(AsyncAPI(prefix: prefix ?? "").document)
        }

        private static func checked(_ prefix: String) throws(CommandFailure) -> String {
            do {
                _ = try ConfigurationValue([prefix], kind: .name, directory: "")
            } catch {
                throw CommandFailure(.usage, "--prefix: \(error.reason)")
            }
            return prefix
        }
    }

    struct Command: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "command", abstract: "A command, or all of them.")

        @Argument(
            help: ArgumentHelp("Name of the operation; all if left out.", valueName: "name"),
            completion: .operations)
        var name: String?

        func run() throws {
            guard let name else { return print(Schema.command) }
            guard let operation = OperationCatalogue.named(name) else {
                let suggestion = ConfigurationError.suggestion(
                    for: name, among: OperationCatalogue.all.map(\.name))
                throw CommandFailure(.usage, "there is no operation \"\(name.printable)\"\(suggestion)")
            }
            print(Schema.command(operation))
        }
    }

    struct Outcome: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "outcome", abstract: "What became of a command: replies and outcomes.")

        func run() { print(Schema.outcome) }
    }

    struct SessionEvent: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "session-event", abstract: "What the bridge says of an agent's session.")

        func run() { print(Schema.sessionEvent) }
    }

    /// For `Scripts/readme-operations`.
    struct OperationsTable: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "operations-table", abstract: "The operations as a Markdown table.",
            shouldDisplay: false)

        func run() { Terminal.output.writeLine(OperationCatalogue.table) }
    }
}

private func print(_ document: JSONDocument) { Terminal.output.write(Array(document.pretty.utf8)) }

extension CompletionKind {
    /// The names of the operations.
    static var operations: CompletionKind { .list(OperationCatalogue.all.map(\.name)) }
}
