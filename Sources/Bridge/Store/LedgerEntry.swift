/// What the ledger knows of a command: how far it has come, and what a later delivery of it needs to know.
package struct LedgerEntry: Sendable, Hashable {
    package enum Stage: String, Sendable, CaseIterable {
        /// This bridge has it. GWS certainly did not get it.
        case held
        /// It is about to be POSTed, or was: GWS may have got it.
        case sent
        /// GWS took it; what it does is still to be seen.
        case accepted
        /// It has its final outcome.
        case ended
        /// And the broker has confirmed the messages that say so.
        case told

        /// Whether nothing more will be done for it than to tell.
        var isOver: Bool { self == .ended || self == .told }
    }

    package let id: String
    package var stage: Stage
    /// How often the queue had delivered it before, where it counts.
    package var deliveryCount: Int64?
    /// Unix milliseconds of its arrival here.
    package var arrivedAt: Int64
    package var attempts: Int
    /// Unix milliseconds when it was last sent, and when GWS took it.
    package var sentAt: Int64?
    package var acceptedAt: Int64?
    /// Why GWS may have got it, of an attempt before the last.
    package var doubt: String?
    /// What the operation changes, as it stood before; nil if that is not known.
    package var before: String?
    /// Of one that has ended.
    package var verdict: Verdict?

    package init(
        id: String, stage: Stage, deliveryCount: Int64? = nil, arrivedAt: Int64, attempts: Int = 0,
        sentAt: Int64? = nil, acceptedAt: Int64? = nil, doubt: String? = nil, before: String? = nil,
        verdict: Verdict? = nil
    ) {
        self.id = id
        self.stage = stage
        self.deliveryCount = deliveryCount
        self.arrivedAt = arrivedAt
        self.attempts = attempts
        self.sentAt = sentAt
        self.acceptedAt = acceptedAt
        self.doubt = doubt
        self.before = before
        self.verdict = verdict
    }

    /// Whether this may be written over what is known. What has ended stays so, in the words that were told first: of two
    /// processes one may not know yet that the other has the command.
    func follows(_ known: LedgerEntry) -> Bool {
        guard known.stage.isOver, known.verdict != nil else { return true }
        return stage == .told && (known.stage == .ended || verdict == known.verdict)
    }
}
