/// Holds an agent's commands back while GWS is down for it, instead of having each fail by itself.
///
/// After some failures in a row it opens: commands wait in their lanes, within their time. After a pause one of them is
/// sent as a trial; what GWS makes of it closes the breaker or opens it for longer.
package struct Breaker: Sendable, Hashable {
    private enum State: Sendable, Hashable {
        case closed(failures: Int)
        /// - Parameter until: Unix milliseconds.
        case open(until: Int64, openings: Int)
        /// - Parameter trial: the number of the command.
        case trying(trial: Int, openings: Int)
    }

    /// So many failures in a row open it.
    package static let limit = 5

    /// Whatever GWS asks for, it is asked again after that.
    private static let longest = Duration.seconds(60)

    private var state = State.closed(failures: 0)
    private let backoff: Backoff

    package init(backoff: Backoff = .session) {
        self.backoff = backoff
    }

    package var isClosed: Bool { if case .closed = state { true } else { false } }

    /// When the next trial may be made, in Unix milliseconds; nil where it waits for none.
    package var opensUntil: Int64? { if case .open(let until, _) = state { until } else { nil } }

    /// Whether this command may be sent; where it may while others may not, it is the trial.
    ///
    /// - Parameter now: Unix milliseconds.
    package mutating func admit(_ number: Int, now: Int64) -> Bool {
        switch state {
        case .closed: return true
        case .trying(let trial, _): return trial == number
        case .open(let until, let openings):
            guard now >= until else { return false }
            state = .trying(trial: number, openings: openings)
            return true
        }
    }

    /// GWS answered, whatever it said.
    package mutating func reached() { state = .closed(failures: 0) }

    /// GWS was not reached, or is not available.
    ///
    /// - Parameters:
    ///   - now: Unix milliseconds.
    ///   - pause: what GWS asks for.
    ///   - jitter: a random number in 0..<1.
    package mutating func failed(_ number: Int, now: Int64, pause: Duration?, jitter: Double) {
        let openings: Int
        switch state {
        case .closed(let failures) where failures + 1 < Self.limit:
            state = .closed(failures: failures + 1)
            return
        case .closed: openings = 1
        case .trying(let trial, let before) where trial == number: openings = before + 1
        // One that was under way when it opened tells nothing new.
        case .open, .trying: return
        }
        let pause = max(backoff.pause(after: openings, jitter: jitter), min(pause ?? .zero, Self.longest))
        state = .open(until: now.saturatingAdd(pause.milliseconds), openings: openings)
    }

    /// The command is not under way any more: if it was the trial, and was not sent, another may be.
    ///
    /// - Parameter now: Unix milliseconds.
    /// - Returns: whether that is so.
    package mutating func released(_ number: Int, now: Int64) -> Bool {
        guard case .trying(number, let openings) = state else { return false }
        state = .open(until: now, openings: openings)
        return true
    }
}
