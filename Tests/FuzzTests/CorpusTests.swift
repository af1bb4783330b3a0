import Foundation
import FuzzSubjects
import Testing

/// What the fuzzer begins with, and what it has found: a finding stays in the corpus.
struct CorpusTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "Fuzz/Corpus")

    private static func inputs(of subject: FuzzSubject) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: corpus.appending(path: subject.rawValue), includingPropertiesForKeys: nil)
    }

    @Test(arguments: FuzzSubject.allCases)
    func `every input of the corpus keeps the promises`(of subject: FuzzSubject) throws {
        let inputs = try Self.inputs(of: subject)
        #expect(!inputs.isEmpty)
        for input in inputs {
            let bytes = try [UInt8](Data(contentsOf: input))
            #expect(throws: Never.self, "\(input.lastPathComponent)") { try subject.run(bytes) }
        }
    }

    @Test(arguments: FuzzSubject.allCases)
    func `an input of the corpus may be cut anywhere`(of subject: FuzzSubject) throws {
        for input in try Self.inputs(of: subject) {
            let bytes = try [UInt8](Data(contentsOf: input))
            for end in stride(from: 0, to: bytes.count, by: 1 + bytes.count / 16) {
                #expect(throws: Never.self, "\(input.lastPathComponent), \(end) bytes") {
                    try subject.run(Array(bytes[..<end]))
                }
            }
        }
    }
}
