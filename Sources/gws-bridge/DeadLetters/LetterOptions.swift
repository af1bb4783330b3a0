import AMQP
import ArgumentParser
import Bridge
import Foundation
import GWS

/// Which letters, as `list`, `replay` and `drop` have it.
struct LetterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Only with this reason.", valueName: "word"),
        completion: .list(Set(CommandOutcome.Kind.allCases.flatMap(\.reasons)).sorted()))
    var reason: String?

    @Option(help: ArgumentHelp("Only of this operation.", valueName: "name"), completion: .operations)
    var operation: String?

    @Option(help: ArgumentHelp("Only about this call.", valueName: "id"))
    var call: String?

    @Option(help: ArgumentHelp("Only of this agent.", valueName: "name"))
    var agent: String?

    @Option(help: ArgumentHelp("Only what failed longer ago than this.", valueName: "duration"))
    var olderThan: Age?

    @OptionGroup var configuration: ConfigurationOptions

    /// How long ago something was.
    struct Age: ExpressibleByArgument {
        let duration: Duration

        init?(argument: String) {
            // The parser says what is wrong, and of which option.
            guard let duration = try? ConfigurationValue.duration(argument) else { return nil }
            self.duration = duration
        }
    }

    var isFiltering: Bool { filter(ids: nil, now: .now) != LetterFilter() }

    func filter(ids: Set<String>?, now: Date = .now) -> LetterFilter {
        let now = Int64(now.timeIntervalSince1970 * 1000)
        return LetterFilter(
            ids: ids, reason: reason, operation: operation, call: call, agent: agent,
            failedBefore: olderThan.map { now - Int64($0.duration / .milliseconds(1)) })
    }
}

/// Letters to do something with: those that are named, or all that the filter leaves.
struct ChosenLetters: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "Ids of the commands, as list shows them. One may stand for several letters.", valueName: "id"))
    var ids: [String] = []

    @Flag(help: "All, or all that the filters leave.")
    var all = false

    @Flag(help: "Only say what would be done.")
    var dryRun = false

    @Flag(help: "A line of JSON each: id, done, messageId, detail.")
    var json = false

    @OptionGroup var options: LetterOptions

    func validate() throws {
        if ids.isEmpty, !all { throw ValidationError("Name ids, or say --all.") }
        if !ids.isEmpty, all { throw ValidationError("Name ids or say --all, not both.") }
        if !ids.isEmpty, options.isFiltering { throw ValidationError("Filters go with --all, not with ids.") }
    }

    var filter: LetterFilter { options.filter(ids: all ? nil : Set(ids)) }
}

extension Settings {
    /// The names on the broker.
    var names: Names { Names(prefix: text("prefix") ?? "") }

    func deadLetters() throws(ConfigurationError) -> DeadLetterQueue {
        DeadLetterQueue(broker: try broker(), name: names.deadLetters) { news in
            Terminal.error.writeLine("gws-bridge: \(news)")
        }
    }
}
