internal import Foundation

/// A moment as the bridge writes it: ISO 8601, UTC, with milliseconds.
package struct Timestamp: Sendable, Hashable {
    /// Unix milliseconds.
    package let milliseconds: Int64

    package init(_ milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package var text: String {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        return date.formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true, timeZone: .gmt))
    }
}
