extension Envelope {
    /// Which replies the requester asked for (header `gws-reply`).
    package enum Replies: String, Sendable, CaseIterable {
        /// One: the final outcome.
        case final
        /// One: `accepted`, or the final outcome where the command ended before.
        case accepted
        case both
    }

    /// Whether the requester is told of this.
    ///
    /// - Parameter afterAccepted: whether it was told of an interim `accepted` before.
    package func wants(_ verdict: Verdict, afterAccepted: Bool) -> Bool {
        switch replies {
        case .final: verdict.isFinal
        case .accepted: !afterAccepted
        // What is told again, after a redelivery, is of no use a second time.
        case .both: verdict.isFinal || !afterAccepted
        }
    }
}
