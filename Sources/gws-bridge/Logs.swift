import Logging
import Synchronization

/// What the process's loggers are made by. Logs go to standard error: standard output is for what was asked for.
enum Logs {
    private static let levelIndex = Atomic(index(of: .info))

    /// The least that is logged, by every logger there is. May change at any time.
    static var level: Logger.Level {
        get { Logger.Level.allCases[levelIndex.load(ordering: .relaxed)] }
        set { levelIndex.store(index(of: newValue), ordering: .relaxed) }
    }

    static func bootstrap(_ settings: Settings) {
        level = settings.logLevel
        let isJSON = settings.text("log.format") == "json"
        LoggingSystem.bootstrap { label in
            guard !isJSON else { return ProcessLogHandler(JSONLogHandler(label: label)) }
            return ProcessLogHandler(PrintableLogHandler(StreamLogHandler.standardError(label: label)))
        }
    }

    private static func index(of level: Logger.Level) -> Int {
        Logger.Level.allCases.firstIndex(of: level) ?? 0
    }
}

extension Settings {
    var logLevel: Logger.Level { text("log.level").flatMap(Logger.Level.init(rawValue:)) ?? .info }
}
