import ArgumentParser
import Bridge

struct ReplayLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Have them done again: publish each where it came from, and then remove it.",
        discussion: """
            A replay is a command of its own, with a new id (ID/replay-1) and the configured lifetime. Interrupted and \
            begun again it is done once. The answer goes to the queue that the producer named, unless that was one of \
            its connection only.

            Where a command is about a call GWS is asked, in a session of the command's agent, whether the call is over; \
            if it is, or that cannot be found out, the letter is left unless --force is given.
            """
    )

    @OptionGroup var chosen: ChosenLetters

    @Flag(help: "Also commands of calls that are over, or of which nothing is known.")
    var force = false

    func run() async throws {
        let settings = try chosen.options.configuration.settings()
        let (names, filter, isForced) = (settings.names, chosen.filter, force)
        let queue = try settings.deadLetters()
        let report = try await queue.withLetters { delivery in
            LetterInHand(delivery, names: names, filter: filter)
        } _: { letters in
            var report = LetterReport(.replay, of: chosen)
            report.print(chosen.ids, among: letters.map(\.letter))
            try await CallInquiry.withInquiry(settings) { inquiry in
                let replayer = Replayer(
                    broker: queue.broker, names: names, isDry: chosen.dryRun, isForced: isForced,
                    stateOfCall: inquiry)
                try await replayer.replay(letters) { report.print($0, $1) }
            }
            return report
        }
        try report.end()
    }
}
