import Bridge
import Testing

struct BreakerTests {
    private let backoff = Backoff(first: .milliseconds(100), longest: .seconds(5))

    /// A breaker that opened at 1000.
    private func open(pause: Duration? = nil) -> Breaker {
        var breaker = Breaker(backoff: backoff)
        for number in 0..<Breaker.limit { breaker.failed(number, now: 1000, pause: pause, jitter: 1) }
        return breaker
    }

    private func admits(_ breaker: Breaker, _ number: Int = 99, now: Int64) -> Bool {
        var breaker = breaker
        return breaker.admit(number, now: now)
    }

    /// Open, and 7 tries whether GWS is there again.
    private func trying() -> Breaker {
        var breaker = open()
        _ = breaker.admit(7, now: 1100)
        return breaker
    }

    @Test func `some failures in a row open it, fewer do not`() {
        var breaker = Breaker(backoff: backoff)
        for number in 1..<Breaker.limit { breaker.failed(number, now: 1000, pause: nil, jitter: 1) }
        #expect(breaker.isClosed)
        #expect(admits(breaker, now: 1000))
        breaker.failed(9, now: 1000, pause: nil, jitter: 1)
        #expect(!breaker.isClosed)
        #expect(!admits(breaker, now: 1000))
    }

    @Test func `an answer between failures begins the count anew`() {
        var breaker = Breaker(backoff: backoff)
        for number in 1..<Breaker.limit { breaker.failed(number, now: 1000, pause: nil, jitter: 1) }
        breaker.reached()
        breaker.failed(9, now: 1000, pause: nil, jitter: 1)
        #expect(breaker.isClosed)
    }

    @Test func `after its pause one command is tried, and no other`() {
        var breaker = open()
        #expect(breaker.opensUntil == 1100)
        #expect(!admits(breaker, now: 1099))
        let first = breaker.admit(7, now: 1100)
        let other = breaker.admit(8, now: 9000)
        let again = breaker.admit(7, now: 9000)
        #expect([first, other, again] == [true, false, true])
        #expect(breaker.opensUntil == nil)
    }

    @Test func `a trial that is answered closes it`() {
        var breaker = trying()
        breaker.reached()
        #expect(breaker.isClosed)
        #expect(admits(breaker, now: 1100))
    }

    @Test func `a trial that fails opens it for longer`() {
        var breaker = trying()
        breaker.failed(7, now: 2000, pause: nil, jitter: 1)
        #expect(breaker.opensUntil == 2200)
        _ = breaker.admit(7, now: 2200)
        breaker.failed(7, now: 3000, pause: nil, jitter: 1)
        #expect(breaker.opensUntil == 3400)
    }

    @Test func `what was under way when it opened tells nothing new`() {
        var breaker = open()
        breaker.failed(3, now: 1090, pause: .seconds(60), jitter: 1)
        #expect(breaker.opensUntil == 1100)
        var trying = trying()
        trying.failed(3, now: 1100, pause: nil, jitter: 1)
        #expect(admits(trying, 7, now: 1100))
    }

    @Test func `GWS's wish to be left alone is kept`() {
        #expect(open(pause: .seconds(7)).opensUntil == 8000)
        #expect(open(pause: .milliseconds(1)).opensUntil == 1100)
    }

    @Test func `a trial that was not sent lets another try, at once and no sooner open for it`() {
        var breaker = trying()
        let isOthers = breaker.released(8, now: 1500)
        let isTrial = breaker.released(7, now: 1500)
        #expect([isOthers, isTrial] == [false, true])
        #expect(admits(breaker, 8, now: 1500))
        let again = breaker.released(7, now: 1500)
        #expect(!again)
        _ = breaker.admit(8, now: 1500)
        breaker.failed(8, now: 2000, pause: nil, jitter: 1)
        #expect(breaker.opensUntil == 2200)
    }

    @Test func `GWS is asked again after a minute, whatever it asks for`() {
        #expect(open(pause: .seconds(Int64.max)).opensUntil == 61_000)
    }
}
