import GWS

/// How far this machine's clock and GWS's are apart, and what that does. Pure.
enum ClockAdvice {
    /// Milliseconds. What events say of when GWS made them (`gws-generated-at`) is beside the truth by then.
    static let tolerated: Int64 = 5000
    /// Milliseconds. If ours is the wrong one, a command with a deadline (`gws-deadline`, or `expiration` with
    /// `timestamp`) that lives a minute, as is usual, is over before it comes, or lives twice as long.
    static let unbearable: Int64 = 60_000

    static func finding(_ clock: ServerClock?) -> Finding {
        let name = "gws clock"
        guard let clock else { return Finding(name, .ok, "GWS does not tell the time") }
        let apart = abs(clock.lead)
        guard apart > tolerated else { return Finding(name, .ok, "GWS's and this one agree") }
        let message = "GWS's is \(apart / 1000) s \(clock.lead > 0 ? "ahead of" : "behind") this one"
        let remedy = "See whether NTP runs on this machine and on GWS's."
        guard apart > unbearable else {
            return Finding(
                name, .warning, "\(message): gws-generated-at and latencies are wrong by that much",
                remedy: remedy)
        }
        return Finding(
            name, .failure,
            "\(message): if this one is wrong, commands with a deadline expire at once, or far too late",
            remedy: remedy)
    }
}
