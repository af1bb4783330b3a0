import Foundation

/// An opinion that is not ours of whether JSON is as a JSON Schema says: Debian's python3-jsonschema, through
/// `Scripts/validate-json`.
public struct SchemaValidator: Sendable {
    private let schema: [UInt8]

    public init(schema: [UInt8]) {
        self.schema = schema
    }

    /// What is wrong with the schema itself; empty if nothing is.
    public func complaintAboutSchema() async throws -> String {
        try await answers(to: [])[0]
    }

    /// What is wrong with each of the texts; empty where nothing is.
    ///
    /// - Parameter pointer: Where in the document the schema stands, `/components/schemas/Outcome`.
    public func complaints(about instances: [[UInt8]], at pointer: String = "") async throws -> [String] {
        try await complaints(about: instances.map { (pointer, $0) })
    }

    public func complaints(about instances: [(pointer: String, text: [UInt8])]) async throws -> [String] {
        Array(try await answers(to: instances).dropFirst())
    }

    private func answers(to instances: [(pointer: String, text: [UInt8])]) async throws -> [String] {
        let file = FileManager.default.temporaryDirectory.appending(path: uniqueName("schema"))
        try Data(schema).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }  // Of no use to anybody any more.
        var input: [UInt8] = []
        for (pointer, text) in instances {
            // In JSON a line break stands between values or nowhere.
            let line = text.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 }
            input += Array("\(pointer)\t".utf8) + line + [UInt8(ascii: "\n")]
        }
        let said = try await run(Self.path, [file.path], input: input)
        let lines = said.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        guard lines.count == instances.count + 1 else { throw Confused(said: said) }
        return lines
    }

    /// The validator did not answer line by line.
    struct Confused: Error {
        let said: String
    }

    private static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Scripts/validate-json").path
}
