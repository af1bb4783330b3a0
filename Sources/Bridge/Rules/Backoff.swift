/// How long to wait before the next try: twice as long each time up to a limit, and jittered, so that many who failed
/// together do not come back together.
package struct Backoff: Sendable, Hashable {
    package let first: Duration
    package let longest: Duration

    package init(first: Duration, longest: Duration) {
        self.first = first
        self.longest = longest
    }

    /// The broker is asked again at least every 0.75 s: it costs it little, and a pause in commands is felt at once.
    package static let broker = Backoff(first: .milliseconds(50), longest: .milliseconds(750))
    /// A session that broke, or a GWS that is not there.
    package static let session = Backoff(first: .milliseconds(100), longest: .seconds(5))
    /// An agent whom GWS does not let in: a wrong password tried too often may lock the account.
    package static let refusedLogin = Backoff(first: .seconds(2), longest: .seconds(60))
    /// An operation that GWS certainly did not get.
    package static let operation = Backoff(first: .milliseconds(100), longest: .seconds(5))

    /// - Parameters:
    ///   - attempt: how many tries failed, from 1.
    ///   - jitter: a random number in 0..<1; the pause is between half and the whole of what the attempt asks for.
    package func pause(after attempt: Int, jitter: Double) -> Duration {
        let doublings = min(max(attempt, 1) - 1, 20)
        let full = min(first * (1 << doublings), longest)
        return full * (0.5 + 0.5 * jitter)
    }
}
