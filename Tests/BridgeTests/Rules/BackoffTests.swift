import Bridge
import Testing

struct BackoffTests {
    private let backoff = Backoff(first: .milliseconds(100), longest: .seconds(1))

    @Test func `pauses double up to the longest`() {
        let pauses = (1...6).map { backoff.pause(after: $0, jitter: 1) }
        #expect(pauses.map(\.milliseconds) == [100, 200, 400, 800, 1000, 1000])
    }

    @Test func `jitter takes away at most half`() {
        #expect(backoff.pause(after: 3, jitter: 0) == .milliseconds(200))
    }

    @Test func `no number of attempts overflows`() {
        #expect(backoff.pause(after: .max, jitter: 1) == .seconds(1))
        #expect(backoff.pause(after: 0, jitter: 1) == .milliseconds(100))
    }
}
