import Logging

/// Logs what the process logs just now: ``Logs/level``, unless a logger was given a level of its own.
struct ProcessLogHandler<Base: LogHandler>: LogHandler {
    private var base: Base
    private var own: Logger.Level?

    init(_ base: Base) { self.base = base }

    var logLevel: Logger.Level {
        get { own ?? Logs.level }
        set { own = newValue }
    }

    var metadata: Logger.Metadata {
        get { base.metadata }
        set { base.metadata = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { base.metadataProvider }
        set { base.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { base[metadataKey: key] }
        set { base[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) { base.log(event: event) }
}
