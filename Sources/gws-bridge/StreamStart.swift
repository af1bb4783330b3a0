import Foundation

/// Where in the stream of events to begin, as `--from` has it. Pure.
enum StreamStart: Sendable, Hashable {
    /// With the oldest that is there.
    case first
    /// With the last chunk, which is what the broker wrote at one time: one event, or some.
    case last
    /// With the next that comes.
    case next
    case offset(Int64)
    /// Unix milliseconds.
    case time(Int64)

    /// How it may be written, for who wrote it otherwise.
    static let forms =
        "write first, last, next, an offset like 4711, a time like 2026-11-22T09:30:00Z, a date, or how long ago, like 10m"

    /// - Parameters:
    ///   - now: Unix milliseconds.
    ///   - timeZone: of a time that names none.
    init?(_ text: String, now: Int64, timeZone: TimeZone) {
        switch text {
        case "first": self = .first
        case "last": self = .last
        case "next": self = .next
        default:
            if let offset = Self.offset(text) {
                self = .offset(offset)
            } else if let time = Self.ago(text, now: now) ?? Self.time(text, timeZone), time >= 0 {
                self = .time(time)
            } else {
                return nil
            }
        }
    }

    private static func offset(_ text: String) -> Int64? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int64(text) : nil
    }

    /// `10m`, as durations are written everywhere; `-10m` and `10m ago` are what some would try.
    private static func ago(_ text: String, now: Int64) -> Int64? {
        var text = text[...]
        if text.hasPrefix("-") { text = text.dropFirst() }
        if text.hasSuffix(" ago") { text = text.dropLast(4) }
        guard let duration = try? ConfigurationValue.duration(String(text)) else { return nil }
        let (seconds, attoseconds) = duration.components
        let (whole, isTooLong) = seconds.multipliedReportingOverflow(by: 1000)
        let (milliseconds, isLonger) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        let (time, isBeforeAll) = now.subtractingReportingOverflow(milliseconds)
        return isTooLong || isLonger || isBeforeAll ? nil : time
    }

    /// RFC 3339; seconds and zone may be left out, and all of the time: a date is its first moment.
    private static func time(_ text: String, _ timeZone: TimeZone) -> Int64? {
        let form =
            /([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?/
        guard let match = text.wholeMatch(of: form)?.output else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        guard let zone = match.8.map({ Self.zone(String($0)) }) ?? timeZone else { return nil }
        calendar.timeZone = zone
        let parts = DateComponents(
            calendar: calendar, year: Int(match.1), month: Int(match.2), day: Int(match.3),
            hour: match.4.flatMap { Int($0) } ?? 0, minute: match.5.flatMap { Int($0) } ?? 0,
            second: match.6.flatMap { Int($0) } ?? 0)
        // The calendar would take the 31st of February for a day in March.
        guard parts.isValidDate, let date = parts.date else { return nil }
        let fraction = match.7.flatMap { Int64(($0 + "00").prefix(3)) } ?? 0
        return Int64(date.timeIntervalSince1970) * 1000 + fraction
    }

    private static func zone(_ text: String) -> TimeZone? {
        guard text.uppercased() != "Z" else { return .gmt }
        let parts = text.dropFirst().split(separator: ":").compactMap { Int($0) }
        guard parts.count == 2, parts[0] < 24, parts[1] < 60 else { return nil }
        let seconds = parts[0] * 3600 + parts[1] * 60
        return TimeZone(secondsFromGMT: text.hasPrefix("-") ? -seconds : seconds)
    }
}
