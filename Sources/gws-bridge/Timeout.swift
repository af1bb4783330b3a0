import ArgumentParser

/// How long somebody waits for a reply, as `--timeout` has it.
struct Timeout: ExpressibleByArgument {
    let limit: Duration

    init(_ limit: Duration) { self.limit = limit }

    /// Nil for what is no duration, for none at all, and for more than a day: a broker counts no further than seven
    /// weeks.
    init?(argument: String) {
        // The parser says what is wrong, and of which option.
        guard let limit = try? ConfigurationValue.duration(argument), limit > .zero, limit <= .seconds(86_400)
        else { return nil }
        self.init(limit)
    }

    var defaultValueDescription: String { ConfigurationValue.text(limit) }
}
