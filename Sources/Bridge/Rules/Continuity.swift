/// Numbers an agent's events, so that a consumer can prove that it has them all.
///
/// A span in which nothing can have been missed is an epoch. Within it the sequence counts all of the agent's messages
/// by one, from 1, and the call sequence those of one call.
package struct Continuity: Sendable {
    /// Where in the order a message stands.
    package struct Place: Sendable, Hashable {
        package let epoch: String
        package let sequence: Int64
        package let callSequence: Int64?

        /// `<agent, percent-encoded>/<epoch>/<sequence>`: the same event published twice has the same id.
        package func messageID(agent: String) -> String {
            let agent = RoutingKey.encode(agent)
            let tail = "/\(epoch)/\(sequence)"
            return
                (agent.utf8.count + tail.utf8.count <= RoutingKey.longest
                ? agent : RoutingKey.digest(of: agent)) + tail
        }
    }

    /// Calls that are numbered at a time. An agent has a few; of more, those go that were heard of the longest ago.
    static let rememberedCalls = 4096
    /// Calls that are over and still numbered, for what is told of them late.
    static let rememberedPast = 16

    package private(set) var epoch: String?
    package private(set) var sequence: Int64 = 0
    private var calls: [String: Numbering] = [:]

    private struct Numbering {
        var count: Int64
        /// The sequence of the last message about the call.
        var last: Int64
        var isOver: Bool
    }

    /// With so many calls it is worth looking which may go.
    private var tidiedAbove = 2 * Self.rememberedPast

    package init() {}

    /// Goes on from where another process, or its memory, ended.
    package init(epoch: String, sequence: Int64) {
        self.epoch = epoch
        self.sequence = sequence
    }

    /// - Returns: the epoch that ended, and the sequence of its last message.
    package mutating func begin(_ epoch: String) -> (epoch: String, lastSequence: Int64)? {
        let previous = self.epoch.map { ($0, sequence) }
        self.epoch = epoch
        sequence = 0
        calls = [:]
        tidiedAbove = 2 * Self.rememberedPast
        return previous
    }

    /// The next place.
    ///
    /// - Parameters:
    ///   - callID: the call that the message is about.
    ///   - isOver: whether that call is over now.
    package mutating func next(callID: String? = nil, isOver: Bool = false) -> Place {
        guard let epoch else { preconditionFailure("events belong to an epoch; begin one first") }
        sequence += 1
        guard let callID else { return Place(epoch: epoch, sequence: sequence, callSequence: nil) }
        let count = (calls[callID]?.count ?? 0) + 1
        calls[callID] = Numbering(
            count: count, last: sequence, isOver: isOver || calls[callID]?.isOver == true)
        if calls.count > tidiedAbove { tidy() }
        return Place(epoch: epoch, sequence: sequence, callSequence: count)
    }

    private mutating func tidy() {
        forget(but: Self.rememberedPast, where: \.isOver)
        if calls.count > Self.rememberedCalls { forget(but: Self.rememberedCalls / 2) { _ in true } }
        tidiedAbove = min(max(2 * Self.rememberedPast, 2 * calls.count), Self.rememberedCalls)
    }

    /// Of those that may go, keeps as many as were heard of last.
    private mutating func forget(but kept: Int, where mayGo: (Numbering) -> Bool) {
        let order = calls.values.filter(mayGo).map(\.last).sorted()
        guard order.count > kept else { return }
        let first = order[order.count - kept]
        calls = calls.filter { !mayGo($0.value) || $0.value.last >= first }
    }
}

/// Makes epochs: unique everywhere, later ones sorting after earlier ones.
package struct EpochSource: Sendable {
    private let instance: String
    private var last: Int64 = 0

    /// - Parameter random: what tells this process from one that began in the same millisecond.
    package init(random: UInt32) {
        instance = Self.text(of: UInt64(random), digits: 7)
    }

    /// - Parameters:
    ///   - now: Unix milliseconds. A clock that was set back yields the next epoch all the same.
    ///   - epoch: the last one of the agent, perhaps of another process with another clock.
    package mutating func next(now: Int64, after epoch: String? = nil) -> String {
        last = max(last + 1, now, Self.time(of: epoch) + 1)
        return Self.text(of: UInt64(last), digits: 9) + "-" + instance
    }

    /// What is no epoch was at no time.
    private static func time(of epoch: String?) -> Int64 {
        guard let text = epoch?.split(separator: "-").first, text.count == 9 else { return 0 }
        return Int64(text, radix: 36) ?? 0
    }

    /// In base 36, of fixed width, so that text sorts as the number does (until the year 5188).
    private static func text(of number: UInt64, digits: Int) -> String {
        let text = String(number, radix: 36)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
