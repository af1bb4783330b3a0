import AMQP
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

              gws-bridge schema asyncapi --prefix gws --vhost /
              gws-bridge schema command StartCallRecording
              gws-bridge schema outcome

            Each is one JSON document: AsyncAPI 3.0, or JSON Schema 2020-12. Neither broker nor GWS is asked. Operations \
            that the configuration lets through unchecked (operations.allow-unknown) are in it, too.
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

        @Option(
            help: ArgumentHelp(
                "The broker's virtual host; that of amqp.url if left out, or / without one.",
                valueName: "name"))
        var vhost: String?

        @OptionGroup var configuration: ConfigurationOptions

        func run() throws {
            let names = [
                prefix == nil ? "prefix" : nil, vhost == nil ? "amqp.url" : nil, "operations.allow-unknown",
            ]
            let settings = try configuration.settings(only: names.compactMap(\.self))
            let prefix = try prefix.map(Self.checked) ?? settings.text("prefix") ?? ""
            let document = AsyncAPI(
                prefix: prefix, virtualHost: try vhost ?? settings.virtualHost ?? "/",
                allowed: settings.allowed)
            print(document.document)
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

        @OptionGroup var configuration: ConfigurationOptions

        func run() throws {
            let allowed = try configuration.settings(only: ["operations.allow-unknown"]).allowed
            guard let name else { return print(Schema.command(allowed: allowed)) }
            guard let schema = Schema.command(named: name, allowed: allowed) else {
                let suggestion = ConfigurationError.suggestion(
                    for: name, among: OperationCatalogue.all.map(\.name) + allowed)
                throw CommandFailure(.usage, "there is no operation \"\(name.printable)\"\(suggestion)")
            }
            print(schema)
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

extension Settings {
    fileprivate var allowed: [String] { list("operations.allow-unknown") }

    /// Nil where no broker is configured.
    fileprivate var virtualHost: String? {
        get throws(ConfigurationError) {
            let urls = list("amqp.url")
            guard !urls.isEmpty else { return nil }
            do {
                return try Broker(urls: urls).endpoints.first?.virtualHost
            } catch {
                throw ConfigurationError(at: origin("amqp.url"), "amqp.url", "\(error)")
            }
        }
    }
}

private func print(_ document: JSONDocument) { Terminal.output.write(Array(document.pretty.utf8)) }

extension CompletionKind {
    /// The names of the operations.
    static var operations: CompletionKind { .list(OperationCatalogue.all.map(\.name)) }
}
