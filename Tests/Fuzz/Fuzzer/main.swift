import CFuzzer
import Foundation
import FuzzSubjects

// usage: fuzz SUBJECT [what libFuzzer takes: -option=value, a corpus, or files to be run once]

/// What comes from C can capture nothing.
private enum Chosen {
    static let subject = CommandLine.arguments.dropFirst().first.flatMap(FuzzSubject.init(rawValue:))
}

guard Chosen.subject != nil else {
    print(
        "usage: fuzz \(FuzzSubject.allCases.map(\.rawValue).joined(separator: "|")) [option of libFuzzer]...")
    exit(64)
}

/// The program's name, and what follows the subject.
var arguments = [CommandLine.unsafeArgv[0]]
arguments += (2..<Int(CommandLine.argc)).map { CommandLine.unsafeArgv[$0] }
var count = CInt(arguments.count)
arguments.append(nil)

let status = arguments.withUnsafeMutableBufferPointer { buffer in
    var pointer = buffer.baseAddress
    return LLVMFuzzerRunDriver(&count, &pointer) { bytes, count in
        do {
            try Chosen.subject?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
        } catch {
            fatalError("\(error)")
        }
        return 0
    }
}
exit(status)
