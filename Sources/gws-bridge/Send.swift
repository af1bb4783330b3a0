import AMQP
import ArgumentParser
import Bridge
import Foundation
import GWS
import Logging

struct Send: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Send a command, wait for the reply and print it.",
        discussion: """
            Examples:

              gws-bridge send StartCallRecording --agent 5001 --call 00RV9H7S6O8V3BSHAG7GK2LAES00002M
              gws-bridge send SendDtmf --call 00RV9H7S6O8V3BSHAG7GK2LAES00002M digits=12
              gws-bridge send InitiateTransfer --call 00RV… destination=5002
              gws-bridge send StartContactCenterSession --agent 5001 channels=voice,chat
              gws-bridge send UpdateUserData --call 00RV… --json '{"userData":{"Tier":"gold"}}'

            It waits for the final outcome: whether the change that the operation is for was seen. It exits with 0 if the \
            command was accepted or confirmed, 2 if it was refused, rejected or expired, 3 if it is unconfirmed, \
            unreachable or unknown, 4 if there was no reply in time.

            The change may take as long as commands.confirm-within says, and at most half of the time-out \
            (gws-confirm-within). The command is sent to GWS only while there is time enough for that (gws-deadline), \
            then no more: a bridge that comes later answers "expired". The clocks of both machines should agree.
            """
    )

    @Argument(
        help: ArgumentHelp("Name of the operation, as GWS has it.", valueName: "operation"),
        completion: .operations)
    var operation: String

    @Argument(
        help: ArgumentHelp(
            """
            Parameters, each made what the operation wants: text, a list by commas, a number to call. Of one that the \
            catalogue does not know, a JSON object, array, number or boolean is that, and all else is a string.
            """,
            valueName: "name=value"))
    var parameters: [String] = []

    @Option(help: ArgumentHelp("The agent; the configured one if left out.", valueName: "name"))
    var agent: String?

    @Option(help: ArgumentHelp("The call.", valueName: "id"))
    var call: String?

    @Option(help: ArgumentHelp("The device.", valueName: "id"))
    var device: String?

    @Option(help: ArgumentHelp("A JSON object whose members go into the command.", valueName: "body"))
    var json: String?

    @Option(
        help: """
            Which replies to wait for: the final outcome, that GWS accepted it (or the final outcome, if it comes before), \
            or both.
            """)
    var reply = CommandMessage.Reply.final

    @Option(
        help: ArgumentHelp(
            "How long to wait for the last reply.", valueName: "duration")
    )
    var timeout = Timeout(.seconds(10))

    @Flag(help: Self.anonymousHelp)
    var anonymous = false

    @Flag(help: "Print each reply as the JSON that it is.")
    var raw = false

    @OptionGroup var configuration: ConfigurationOptions

    static let anonymousHelp: ArgumentHelp = """
        Do not say as which user of the broker it is sent (user_id): for a broker that knows users by another name than they \
        log in with. The bridge's permissions may want one.
        """

    func validate() throws {
        // An empty name would be left out silently, and the bridge would take its own agent.
        if agent?.isEmpty == true { throw ValidationError("--agent must not be empty.") }
    }

    func run() async throws {
        let settings = try configuration.settings()
        if let meant = misspelt(settings.list("operations.allow-unknown")) {
            throw CommandFailure(.usage, "there is no operation \"\(operation)\"; did you mean \"\(meant)\"?")
        }
        let agent = agent ?? settings.onlyAgent
        let command = CommandMessage(
            operation: operation, agent: agent, call: call, device: device, parameters: parameters, json: json
        )
        let message = try command.message(prefix: settings.text("prefix") ?? "", reply: reply)
        let requester = Requester(
            broker: try settings.broker(), isAnonymous: anonymous, repliesAreDone: isDone)
        let patience = Patience(
            timeout.limit, confirming: reply == .accepted ? nil : settings.duration("commands.confirm-within")
        )
        switch try await requester.send(message, with: patience, print: { print($0) }) {
        case .answered(.done): break
        case .answered(.refused): throw ExitCode(CommandFailure.Code.refused.rawValue)
        case .answered(.uncertain): throw ExitCode(CommandFailure.Code.uncertain.rawValue)
        case .timedOut(afterReply: true):
            throw CommandFailure(
                .noReply,
                "no final outcome within \(ConfigurationValue.text(timeout.limit)); what came of it shows in the events"
            )
        case .timedOut(afterReply: false):
            throw CommandFailure(
                .noReply,
                "no reply within \(ConfigurationValue.text(timeout.limit)); what GWS has not got by now, it will not get any "
                    + "more. Is the bridge running?")
        }
    }

    /// The operation that differs by case only. Others are the bridge's to judge: it may be configured to let them
    /// through.
    private func misspelt(_ allowed: [String]) -> String? {
        guard OperationCatalogue.named(operation) == nil, !allowed.contains(operation) else { return nil }
        return OperationCatalogue.all.map(\.name).first { $0.lowercased() == operation.lowercased() }
    }

    private func isDone(_ line: ReplyLine) -> Bool { reply == .both ? line.isFinal : true }

    private func print(_ body: [UInt8]) {
        let output = Terminal.output
        if !raw, let line = ReplyLine(body: body) {
            output.writeLine(line.text(on: output))
        } else {
            output.write(body + [UInt8(ascii: "\n")])
        }
    }
}

extension CommandMessage.Reply: ExpressibleByArgument {}

extension Settings {
    /// Where the configuration names a single agent, there is no need to.
    var onlyAgent: String? {
        if let agent = text("agent") { return agent }
        // Who only sends needs no agents file, and may not be allowed to read it.
        guard text("agents-file") != nil, let agents = try? agents(), agents.count == 1 else { return nil }
        return agents[0].name
    }
}
