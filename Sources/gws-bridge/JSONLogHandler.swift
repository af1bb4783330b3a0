import Foundation
import Logging

/// Logs as one JSON object a line, on standard error, for machines that collect them.
struct JSONLogHandler: LogHandler {
    var logLevel = Logger.Level.info
    var metadata = Logger.Metadata()
    var metadataProvider: Logger.MetadataProvider?
    let label: String
    private let write: @Sendable ([UInt8]) -> Void

    init(label: String, write: @escaping @Sendable ([UInt8]) -> Void = { Terminal.error.write($0) }) {
        self.label = label
        self.write = write
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        var members: [(String, String)] = [
            (
                "time",
                JSON.quote(Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
            ),
            ("level", JSON.quote(event.level.rawValue)),
            ("logger", JSON.quote(label)),
            ("message", JSON.quote("\(event.message)")),
        ]
        members += all.sorted { $0.key < $1.key }.map { ($0.key, Self.json($0.value)) }
        write(Array(JSON.object(members).utf8) + [UInt8(ascii: "\n")])
    }

    private static func json(_ value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let text): JSON.quote(text)
        case .stringConvertible(let value): JSON.quote("\(value)")
        case .array(let values): JSON.array(values.map(json))
        case .dictionary(let values):
            JSON.object(values.sorted { $0.key < $1.key }.map { ($0.key, json($0.value)) })
        }
    }
}
