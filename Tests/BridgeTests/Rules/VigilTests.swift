import Testing

@testable import Bridge

/// A class, since every question changes the vigil.
final class VigilTests {
    private var vigil = Vigil(.sample)

    /// Asks as often as it wants to be asked, for so long.
    private func pass(_ seconds: Int, mayPublish: Bool = true) -> [Vigil.Action] {
        vigil.pass(seconds, mayPublish: mayPublish)
    }

    @Test func `the first goes out at once`() {
        let action = vigil.next(after: .zero, mayPublish: true)
        #expect(action == .send(1))
    }

    @Test func `the next goes out when the interval is over`() {
        _ = vigil.next(after: .zero, mayPublish: true)
        vigil.confirmed(1)
        vigil.cameBack(1)
        #expect(vigil.pause == .seconds(10))
        #expect(pass(9).allSatisfy { $0 == .wait })
        #expect(pass(1) == [.send(2)])
    }

    @Test(arguments: [false, true])
    func `all is well with one that was confirmed and came back, in either order`(isBackFirst: Bool) {
        _ = vigil.next(after: .zero, mayPublish: true)
        let first = isBackFirst ? vigil.cameBack(1) : vigil.confirmed(1)
        let second = isBackFirst ? vigil.confirmed(1) : vigil.cameBack(1)
        #expect(!first)
        #expect(second)
        #expect(pass(9).allSatisfy { $0 == .wait })
    }

    @Test func `one that is not confirmed in time is an alarm`() {
        _ = vigil.next(after: .zero, mayPublish: true)
        vigil.cameBack(1)
        #expect(pass(9).allSatisfy { $0 == .wait })
        #expect(pass(1) == [.alarm(.confirm)])
    }

    @Test func `one that does not come back is an alarm, counted from its confirm`() {
        _ = vigil.next(after: .zero, mayPublish: true)
        _ = pass(8)
        vigil.confirmed(1)
        #expect(pass(9).allSatisfy { $0 == .wait })
        #expect(pass(1) == [.alarm(.message)])
    }

    @Test func `who was stopped or starved has not looked, and gives no alarm`() {
        _ = vigil.next(after: .zero, mayPublish: true)
        vigil.confirmed(1)
        let action = vigil.next(after: .seconds(3600), mayPublish: true)
        #expect(action == .wait)
        let isWell = vigil.cameBack(1)
        #expect(isWell)
    }

    @Test
    func
        `while the broker takes nothing none goes out, and one that it may not have got is not missed`()
    {
        _ = vigil.next(after: .zero, mayPublish: true)
        #expect(pass(60, mayPublish: false).allSatisfy { $0 == .wait })
        #expect(pass(1) == [.send(2)])
    }

    @Test func `one that the broker has got is missed though it takes no more`() {
        _ = vigil.next(after: .zero, mayPublish: true)
        vigil.confirmed(1)
        #expect(pass(10, mayPublish: false).last == .alarm(.message))
    }

    @Test func `one that was lost with its connection is replaced`() {
        _ = vigil.next(after: .zero, mayPublish: true)
        vigil.lost(1)
        #expect(pass(1) == [.send(2)])
    }

    @Test func `one that was confirmed is not lost any more`() {
        _ = vigil.next(after: .zero, mayPublish: true)
        vigil.confirmed(1)
        vigil.lost(1)
        #expect(pass(1) == [.wait])
    }

    @Test func `what is told of one that was given up means nothing`() {
        _ = vigil.next(after: .zero, mayPublish: true)
        vigil.lost(1)
        _ = pass(1)
        vigil.confirmed(1)
        vigil.cameBack(1)
        #expect(pass(10).last == .alarm(.confirm))
    }

    @Test func `where it cannot come back the confirm is enough`() {
        vigil = Vigil(.sample, mustComeBack: false)
        _ = vigil.next(after: .zero, mayPublish: true)
        let isWell = vigil.confirmed(1)
        #expect(isWell)
        #expect(pass(10).last == .send(2))
    }

    @Test(arguments: [(0, 10), (1, 20), (2, 40), (5, 320), (6, 320), (1000, 320)])
    func `each alarm in a row doubles the patience, to a limit`(failures: Int, seconds: Int) {
        vigil = Vigil(.sample, after: failures)
        _ = vigil.next(after: .zero, mayPublish: true)
        #expect(pass(seconds - 1).allSatisfy { $0 == .wait })
        #expect(pass(1) == [.alarm(.confirm)])
    }
}

extension Vigil.Timing {
    /// Ten seconds each.
    fileprivate static var sample: Self {
        var timing = Vigil.Timing()
        timing.interval = .seconds(10)
        timing.patience = .seconds(10)
        return timing
    }
}

extension Vigil {
    /// A step is a second.
    fileprivate mutating func pass(_ seconds: Int, mayPublish: Bool) -> [Action] {
        var actions: [Action] = []
        for _ in 0..<seconds { actions.append(next(after: .seconds(1), mayPublish: mayPublish)) }
        return actions
    }
}
