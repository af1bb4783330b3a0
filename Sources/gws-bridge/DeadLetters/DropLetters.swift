import AMQP
import ArgumentParser
import Bridge

struct DropLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop", abstract: "Remove them for good, without doing anything.")

    @OptionGroup var chosen: ChosenLetters

    func run() async throws {
        let settings = try chosen.options.configuration.settings()
        let (names, filter, isDry) = (settings.names, chosen.filter, chosen.dryRun)
        var report = LetterReport(.drop, of: chosen)
        // They are gone when the queue has been given back, and not before.
        let dropped = try await settings.deadLetters().withLetters { delivery in
            LetterInHand(delivery, names: names, filter: filter)
        } _: { letters in
            if !isDry { for letter in letters { letter.delivery.acknowledge() } }
            return letters.map(\.letter)
        }
        report.print(chosen.ids, among: dropped)
        for letter in dropped { report.print(letter, .done(messageID: nil)) }
        try report.end()
    }
}
