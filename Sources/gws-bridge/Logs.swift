import Logging

/// What the process's loggers are made by. Logs go to standard error: standard output is for what was asked for.
enum Logs {
    static func bootstrap(_ settings: Settings) {
        let level = settings.text("log.level").flatMap(Logger.Level.init(rawValue:)) ?? .info
        let isJSON = settings.text("log.format") == "json"
        LoggingSystem.bootstrap { label in
            var handler: any LogHandler =
                isJSON ? JSONLogHandler(label: label) : StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
    }
}
