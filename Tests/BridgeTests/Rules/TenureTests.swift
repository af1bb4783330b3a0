import Testing

@testable import Bridge

/// A class, since every question changes the tenure.
final class TenureTests {
    private var tenure = Tenure(Tenure.Timing())

    /// - Parameter sends: whether the process sends its markers meanwhile, and the broker takes them.
    private func pass(
        _ seconds: Double, silence: Duration = .zero, holds: Bool = false, sends: Bool = true
    ) -> Tenure.Change? {
        var change: Tenure.Change?
        for step in 0..<Int(seconds * 2) {
            if sends, step.isMultiple(of: 2) { tenure.wasTaken(tenure.send()) }
            change = tenure.passed(.milliseconds(500), silence: silence, holds: holds) ?? change
        }
        return change
    }

    /// A marker goes out, is taken and comes back.
    private func comesBack() -> Tenure.Change? {
        let number = tenure.send()
        tenure.wasTaken(number)
        return tenure.received(marker: number)
    }

    private func serve() {
        tenure.opened()
        _ = comesBack()
    }

    private func serveWithDeputy() {
        serve()
        tenure.heardOther()
        _ = tenure.received()
    }

    // MARK: - Becoming active

    @Test func `who consumes and has got nothing does not know`() {
        #expect(!tenure.isUndecided)
        tenure.opened()
        #expect(tenure.isUndecided)
        #expect(!tenure.isActive)
    }

    @Test func `who is given its own marker is active`() {
        tenure.opened()
        #expect(comesBack() == .begun(fromOther: false))
        #expect(tenure.isActive)
        #expect(!tenure.isUndecided)
    }

    @Test func `where another is given its markers, and none is heard of, it is forsaken`() {
        tenure.opened()
        #expect(!tenure.isForsaken)
        _ = pass(4)
        #expect(tenure.isForsaken)
        tenure.heardOther()
        #expect(!tenure.isForsaken)
        // As long as that one speaks.
        _ = pass(6)
        #expect(tenure.isForsaken)
        _ = comesBack()
        #expect(!tenure.isForsaken)
    }

    @Test func `who is given a command is active`() {
        tenure.opened()
        let change = tenure.received()
        #expect(change == .begun(fromOther: false))
    }

    @Test func `it begins once`() {
        serve()
        #expect(comesBack() == nil)
    }

    @Test func `a marker that comes back before it is confirmed is not missed`() {
        tenure.opened()
        let number = tenure.send()
        _ = tenure.received(marker: number)
        tenure.wasTaken(number)
        #expect(pass(60, sends: false) == nil)
    }

    @Test func `whose marker another was given is a spare`() {
        tenure.opened()
        #expect(pass(4) == nil)
        #expect(!tenure.isUndecided)
        #expect(!tenure.isActive)
    }

    @Test func `a spare that is given its marker takes over`() {
        tenure.opened()
        _ = pass(10)
        #expect(comesBack() == .begun(fromOther: true))
    }

    @Test func `a spare whose first marker another was given a moment ago takes over, too`() {
        tenure.opened()
        tenure.wasTaken(tenure.send())
        #expect(comesBack() == .begun(fromOther: true))
    }

    @Test func `a marker that the broker did not take was not given to another`() {
        tenure.opened()
        _ = tenure.send()
        #expect(comesBack() == .begun(fromOther: false))
    }

    // MARK: - Being superseded

    @Test func `whose markers come back no more is not active`() {
        serve()
        #expect(pass(2.5) == nil)
        #expect(pass(2) == .ended(.superseded))
        #expect(!tenure.isActive)
    }

    @Test func `who holds messages of the queue is active`() {
        serve()
        #expect(pass(100, holds: true) == nil)
        // It takes the queue a moment to give the next.
        #expect(pass(0.5) == nil)
        #expect(pass(2) == .ended(.superseded))
    }

    @Test func `who is given commands is active`() {
        serve()
        for _ in 0..<20 {
            #expect(pass(2) == nil)
            _ = tenure.received()
        }
    }

    @Test func `while the broker takes no markers nothing is concluded`() {
        serve()
        #expect(pass(600, sends: false) == nil)
    }

    @Test func `who was stopped has not looked`() {
        serve()
        tenure.wasTaken(tenure.send())
        let change = tenure.passed(.seconds(300), silence: .zero, holds: false)
        #expect(change == nil)
    }

    @Test func `who was superseded takes over when it is given a message again`() {
        serve()
        _ = pass(5)
        #expect(comesBack() == .begun(fromOther: true))
    }

    // MARK: - Without a broker

    @Test func `who knows of no other goes on without a broker`() {
        serve()
        tenure.closed()
        #expect(pass(1000, silence: .seconds(1000), sends: false) == nil)
        #expect(tenure.isActive)
    }

    @Test func `who knows of another stops when the broker has been silent for a heartbeat`() {
        serveWithDeputy()
        #expect(tenure.hasDeputy)
        tenure.closed()
        #expect(pass(5, silence: .seconds(10), sends: false) == nil)
        #expect(pass(0.5, silence: .seconds(10.5), sends: false) == .ended(.cutOff))
    }

    @Test func `that holds for a link that is not known to be lost`() {
        serveWithDeputy()
        #expect(pass(0.5, silence: .seconds(10.5), sends: false) == .ended(.cutOff))
    }

    @Test func `another that has said nothing for long is not there`() {
        serveWithDeputy()
        for _ in 0..<6 {
            _ = pass(1, sends: false)
            _ = comesBack()
        }
        #expect(!tenure.hasDeputy)
        #expect(pass(0.5, silence: .seconds(100), sends: false) == nil)
    }

    @Test func `what another sent before this one consumed is no sign of life`() {
        tenure.opened()
        tenure.heardOther(byQueue: true)
        let change = tenure.received()
        #expect(change == .begun(fromOther: false))
        #expect(!tenure.hasDeputy)
    }

    @Test func `another that is heard is there, though the queue gives nothing`() {
        serve()
        for _ in 0..<20 {
            tenure.heardOther()
            #expect(pass(1, holds: true) == nil)
        }
        #expect(tenure.hasDeputy)
    }

    @Test func `after a lost link the broker's heartbeats are waited for, where there is no other`() {
        serve()
        tenure.closed()
        tenure.opened()
        #expect(pass(22) == nil)
        #expect(pass(3) == .ended(.superseded))
    }

    @Test func `after a lost link it is contested, where there is another, until the queue gives something`()
    {
        serveWithDeputy()
        let before = tenure.isContested
        tenure.closed()
        let without = tenure.isContested
        tenure.opened()
        let reopened = tenure.isContested
        _ = comesBack()
        let proven = tenure.isContested
        #expect([before, without, reopened, proven] == [false, true, true, false])
    }

    @Test func `where there is no other nothing is contested`() {
        serve()
        tenure.closed()
        #expect(!tenure.isContested)
    }

    @Test func `after a lost link it goes on as if nothing had been, where it is given its marker`() {
        serve()
        tenure.closed()
        tenure.opened()
        _ = pass(15)
        #expect(comesBack() == nil)
        #expect(tenure.isActive)
    }
}
