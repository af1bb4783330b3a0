/// Whether the broker still takes and gives, judged by a canary: a small message that goes out by the connection that
/// publishes, and must come back by the one that consumes.
///
/// It is asked in steps, and a step counts for no more than it should have taken: who was stopped or starved meanwhile
/// has not looked, and must not conclude anything from the time that has gone by.
package struct Vigil: Sendable {
    /// What did not come in time. The raw value is a label.
    package enum Missing: String, Sendable, CaseIterable {
        /// Of the message having been taken.
        case confirm
        /// The message, though it had been taken.
        case message
    }

    package enum Action: Sendable, Hashable {
        case wait
        /// The canary of this number goes out.
        case send(Int)
        /// The connections are not to be relied on. The vigil is over.
        case alarm(Missing)
    }

    package struct Timing: Sendable, Hashable {
        /// From one that is back to the next.
        package var interval = Duration.seconds(10)
        /// For how long a confirm is awaited, and from then on the message.
        package var patience = Duration.seconds(10)

        package init() {}

        /// The confirms of three canaries would have come meanwhile.
        package var longestSilence: Duration { interval * 3 }
    }

    private enum State {
        /// Until the next goes out.
        case resting(Duration)
        case out(waited: Duration, isConfirmed: Bool, isBack: Bool)
    }

    private let interval: Duration
    private let patience: Duration
    private let step: Duration
    private let mustComeBack: Bool
    private var number = 0
    private var state = State.resting(.zero)

    /// - Parameters:
    ///   - failures: Vigils in a row that ended with an alarm. Each doubles the patience up to 32 times, so that
    ///     something that only canaries die of does not interrupt the bridge's work for ever.
    ///   - mustComeBack: whether there is a queue that it can come back by.
    package init(_ timing: Timing, after failures: Int = 0, mustComeBack: Bool = true) {
        interval = timing.interval
        patience = timing.patience * (1 << min(max(failures, 0), 5))
        step = timing.patience / 10
        self.mustComeBack = mustComeBack
    }

    /// After which time to ask again.
    package var pause: Duration {
        switch state {
        case .resting(let left): max(left, step)
        case .out: step
        }
    }

    /// - Parameters:
    ///   - elapsed: since it was asked before.
    ///   - mayPublish: whether there is a broker that takes messages. What it cannot have taken is not missed.
    package mutating func next(after elapsed: Duration, mayPublish: Bool) -> Action {
        switch state {
        case .resting(let left):
            guard left <= elapsed, mayPublish else {
                state = .resting(max(left - elapsed, .zero))
                return .wait
            }
            number += 1
            state = .out(waited: .zero, isConfirmed: false, isBack: !mustComeBack)
            return .send(number)
        case .out(_, false, _) where !mayPublish:
            state = .resting(.zero)
            return .wait
        case .out(let waited, let isConfirmed, let isBack):
            let waited = waited + min(elapsed, step)
            state = .out(waited: waited, isConfirmed: isConfirmed, isBack: isBack)
            return waited < patience ? .wait : .alarm(isConfirmed ? .message : .confirm)
        }
    }

    /// The broker has taken it.
    ///
    /// - Returns: whether all is well with that.
    @discardableResult
    package mutating func confirmed(_ number: Int) -> Bool {
        guard number == self.number, case .out(_, false, let isBack) = state else { return false }
        state = isBack ? .resting(interval) : .out(waited: .zero, isConfirmed: true, isBack: false)
        return isBack
    }

    /// It came back, be it before the confirm.
    ///
    /// - Returns: whether all is well with that.
    @discardableResult
    package mutating func cameBack(_ number: Int) -> Bool {
        guard number == self.number, case .out(let waited, let isConfirmed, false) = state else {
            return false
        }
        state =
            isConfirmed ? .resting(interval) : .out(waited: waited, isConfirmed: false, isBack: true)
        return isConfirmed
    }

    /// The connection was lost that it went out by: the next takes its place.
    package mutating func lost(_ number: Int) {
        guard number == self.number, case .out(_, false, _) = state else { return }
        state = .resting(.zero)
    }
}
