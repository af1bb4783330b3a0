import Bridge
import Logging

/// Logs text on one line: the words of GWS, of the broker and of producers neither end it nor drive a terminal.
struct PrintableLogHandler<Base: LogHandler>: LogHandler {
    private var base: Base

    init(_ base: Base) { self.base = base }

    var logLevel: Logger.Level {
        get { base.logLevel }
        set { base.logLevel = newValue }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue.mapValues(\.printable) }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue?.printable }
    }

    func log(event: LogEvent) {
        var event = event
        event.message = "\(event.message.description.printable)"
        event.metadata = event.metadata?.mapValues(\.printable)
        base.log(event: event)
    }
}

extension Logger.MetadataValue {
    fileprivate var printable: Logger.MetadataValue {
        switch self {
        case .string(let text): .string(text.printable)
        case .stringConvertible(let value): .string("\(value)".printable)
        case .array(let values): .array(values.map(\.printable))
        case .dictionary(let values):
            .dictionary(
                Dictionary(values.map { ($0.key.printable, $0.value.printable) }) { first, _ in first })
        }
    }
}
