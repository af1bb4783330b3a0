import AMQP
import ArgumentParser
import Bridge

struct ListLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show them in the order of the queue, a line each.")

    @Flag(
        help: """
            A line of JSON each: id, outcome, reason, detail, agent, callId, operationName, attempts, failedAt, \
            replayCount.
            """)
    var json = false

    @OptionGroup var options: LetterOptions

    func run() async throws {
        let settings = try options.configuration.settings()
        let (names, filter) = (settings.names, options.filter(ids: nil))
        // Printed when the queue is free again: who reads page by page keeps nobody waiting.
        let letters = try await settings.deadLetters().withLetters { delivery in
            let letter = Letter(delivery.message, names: names)
            return filter.includes(letter) ? letter : nil
        } _: {
            $0
        }
        if json {
            for letter in letters where !Terminal.output.writeLine(letter.json) { return }
        } else if letters.isEmpty {
            Terminal.error.writeLine("gws-bridge: no dead letters")
        } else {
            let table = LetterTable(letters: letters)
            for line in table.lines(on: .output, width: Terminal.output.width)
            where !Terminal.output.writeLine(line) { return }
        }
    }
}
