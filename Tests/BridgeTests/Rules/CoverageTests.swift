import Testing

@testable import Bridge

struct CoverageTests {
    @Test func `a gap begins where the last poll was sent that was answered`() {
        var coverage = Coverage()
        #expect(coverage.begin(at: 1000, polled: nil, lost: nil) == nil)
        coverage.heal()
        #expect(coverage.begin(at: 5000, polled: 4000, lost: nil) == 4000)
    }

    @Test func `what came before the epoch that ends was named when that began`() {
        var coverage = Coverage()
        _ = coverage.begin(at: 1000, polled: nil, lost: nil)
        #expect(coverage.begin(at: 2000, polled: nil, lost: nil) == 1000)
        #expect(coverage.begin(at: 3000, polled: 1500, lost: nil) == 2000)
    }

    @Test func `a gap reaches back to what the spool had to drop`() {
        var coverage = Coverage(settledUntil: 5000)
        #expect(coverage.begin(at: 9000, polled: 8000, lost: 3000) == 3000)
    }

    @Test func `no gap begins after its end`() {
        var coverage = Coverage(settledUntil: 9000)
        // The clock was set back.
        #expect(coverage.begin(at: 5000, polled: nil, lost: nil) == 5000)
    }

    @Test func `the first gap of a process begins where the one before knew of nothing missing`() {
        var coverage = Coverage(settledUntil: 7000)
        #expect(coverage.begin(at: 9000, polled: nil, lost: nil) == 7000)
    }

    @Test func `the next session's gap begins where the one before had polled`() {
        var coverage = Coverage()
        _ = coverage.begin(at: 1000, polled: nil, lost: nil)
        coverage.heal()
        coverage.end(polled: 6000)
        #expect(coverage.begin(at: 9000, polled: nil, lost: nil) == 6000)
    }

    @Test func `while a gap is not made up for, who loses an event loses all since it began`() {
        var coverage = Coverage(settledUntil: 2000)
        #expect(coverage.unbroken(polled: nil) == 2000)
        _ = coverage.begin(at: 5000, polled: 4000, lost: nil)
        #expect(coverage.unbroken(polled: 6000) == 4000)
        coverage.heal()
        #expect(coverage.unbroken(polled: 6000) == 6000)
        #expect(coverage.unbroken(polled: nil) == 5000)
    }

    @Test func `what is withheld is not settled`() {
        var coverage = Coverage()
        _ = coverage.begin(at: 5000, polled: 4000, lost: nil)
        #expect(coverage.settled(polled: nil) == 5000)
        #expect(coverage.settled(polled: 7000) == 7000)
    }
}
