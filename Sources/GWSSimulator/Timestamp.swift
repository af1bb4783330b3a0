import Foundation

/// Wall-clock time as GWS writes it: milliseconds since 1970.
package enum Timestamp {
    package static var now: Int64 { Int64((Date().timeIntervalSince1970 * 1000).rounded()) }

    /// `2026-01-31_14-33-31`, as in the names of recordings.
    package static func fileName(_ milliseconds: Int64) -> String {
        let style = Date.ISO8601FormatStyle().year().month().day().time(includingFractionalSeconds: false)
        return Date(timeIntervalSince1970: Double(milliseconds) / 1000).formatted(style)
            .replacing("T", with: "_").replacing(":", with: "-")
    }
}
