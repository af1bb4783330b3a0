import AMQP
import Foundation

extension Properties {
    /// Has a command carried out while somebody waits for it, or not at all: what a person gave up waiting for must not
    /// happen later.
    ///
    /// `gws-deadline` says so to the bridge, which answers `expired`. It compares two machines' clocks, which may
    /// differ. So `expiration`, which the broker counts from when it got the command, sets the command aside a while
    /// later, whatever any clock shows. Not at the same moment: it is for the bridge to say why.
    mutating func expire(with patience: Patience, now: Date = .now) {
        headers["gws-confirm-within"] = patience.confirming.map { .int64(Int64($0 / .milliseconds(1))) }
        let milliseconds = Int64(patience.sending / .milliseconds(1))
        headers["gws-deadline"] = .int64(Int64(now.timeIntervalSince1970 * 1000) + milliseconds)
        expiration = String(milliseconds + Self.grace)
    }

    /// Milliseconds in which a bridge that comes back can still say that a command came too late.
    private static let grace: Int64 = 30_000
}
