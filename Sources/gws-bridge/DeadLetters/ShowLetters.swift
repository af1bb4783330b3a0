import AMQP
import ArgumentParser
import Bridge

struct ShowLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one with its headers, properties and body.")

    @Argument(help: ArgumentHelp("The command's id, as list shows it.", valueName: "id"))
    var id: String

    @Flag(help: "A line of JSON: what list says, exchange, routingKey, headers, properties, body.")
    var json = false

    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        let settings = try configuration.settings()
        let (names, id) = (settings.names, id)
        let pages = try await settings.deadLetters().withLetters { delivery -> LetterPage? in
            let letter = Letter(delivery.message, names: names)
            return letter.id == id ? LetterPage(letter: letter, message: delivery.message) : nil
        } _: {
            $0
        }
        guard !pages.isEmpty else {
            throw CommandFailure(.refused, "there is no dead letter \(id.printable)")
        }
        for (number, page) in pages.enumerated() {
            if json {
                Terminal.output.writeLine(page.json)
            } else {
                if number > 0 { Terminal.output.writeLine("") }
                for line in page.lines(on: .output) { Terminal.output.writeLine(line) }
            }
        }
    }
}
