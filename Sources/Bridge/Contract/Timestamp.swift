internal import Foundation

/// A moment as the bridge writes it: ISO 8601, UTC, with milliseconds.
package struct Timestamp: Sendable, Hashable {
    /// Unix milliseconds.
    package let milliseconds: Int64

    package init(_ milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package var text: String {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        // Before 1970 the remainder counts backwards.
        let (whole, fraction) = rest < 0 ? (seconds - 1, rest + 1000) : (seconds, rest)
        // Only whole seconds go through Date: a fraction comes back a millisecond short as often as not.
        let date = Date(timeIntervalSince1970: Double(whole)).formatted(
            Date.ISO8601FormatStyle(timeZone: .gmt))
        return "\(date.dropLast()).\(String(1000 + fraction).dropFirst())Z"
    }
}
