import ArgumentParser
import Bridge

extension LetterReport {
    init(_ verb: Verb, of chosen: ChosenLetters) {
        self.init(verb, isDry: chosen.dryRun, isJSON: chosen.json)
    }

    mutating func print(_ letter: Letter, _ result: Result) {
        Terminal.output.writeLine(line(letter, result))
    }

    /// Says which ids stand for several letters, and which for none.
    mutating func print(_ ids: [String], among letters: [Letter]) {
        let counts = letters.reduce(into: [:]) { $0[$1.id, default: 0] += 1 }
        var told: Set<String> = []
        for id in ids where told.insert(id).inserted {
            switch counts[id] ?? 0 {
            case 0: Terminal.output.writeLine(absentLine(id))
            case 1: continue
            case let count:
                Terminal.error.writeLine("gws-bridge: \(id.printable) stands for \(count) letters")
            }
        }
    }

    /// - Throws: the code to exit with, if not all was done.
    func end() throws {
        (isJSON ? Terminal.error : Terminal.output).writeLine(summary)
        if let failure { throw ExitCode(failure.rawValue) }
    }
}
