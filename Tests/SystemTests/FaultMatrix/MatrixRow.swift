import Foundation

/// What came of it: a line of the table.
struct MatrixRow: Codable, Sendable {
    var fault: String
    /// How long it lasted, of how long the traffic did, in seconds.
    var seconds: Double
    var traffic: Double
    var commands: Int
    var outcomes: [String: Int]
    /// Operations that must not be that were done twice.
    var doneTwice: Int
    /// Commands without a final outcome.
    var lost: Int
    var emitted: Int
    var published: Int
    /// Messages about what was read after a gap.
    var read: Int
    var duplicates: Int
    var outOfOrder: Int
    /// Events of an epoch that came when a later one had begun.
    var late: Int
    var gaps: [String: Int]
    /// Notifications within named gaps, and those that no gap names.
    var missed: Int
    var silent: Int
    /// Seconds for which a consumer of events heard nothing, at the longest.
    var silence: Double
    /// Seconds from its end until a command sent then was done and an event of then was heard; nil if never.
    var recovery: Double?

    var meetsBar: Bool { lost == 0 && doneTwice == 0 && silent == 0 && outOfOrder == 0 && recovery != nil }

    /// Where the rows go, as lines of JSON; to the log only where nobody says.
    static let file = ProcessInfo.processInfo.environment["FAULT_MATRIX_OUTPUT"]

    func write() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = String(decoding: try encoder.encode(self), as: UTF8.self)
        print(line)
        guard let path = Self.file else { return }
        if !FileManager.default.fileExists(atPath: path) {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        let file = try FileHandle(forWritingTo: URL(filePath: path))
        defer { try? file.close() }  // What it has is written.
        try file.seekToEnd()
        try file.write(contentsOf: Data((line + "\n").utf8))
    }
}
