internal import GWS
internal import Logging
internal import NIOConcurrencyHelpers

// What the bridge says of an agent's session: where an epoch begins, what may be missing before it, where it ends.
extension EventPump {
    private static let epochs = NIOLockedValueBox(EpochSource(random: .random(in: .min ... .max)))

    /// Begins a new epoch, and says what may be missing before it. What of it can be made up for is to be made up for
    /// then.
    func begin(because reason: SessionMessage.GapReason) async throws {
        // It is not made up for any more, and was not lost.
        try await publishWithheld()
        let now = UnixTime.now()
        let epoch = Self.epochs.withLockedValue { $0.next(now: now, after: estate.continuity.epoch) }
        var previous = estate.continuity.begin(epoch)
        // What was before is another process's.
        if reason == .takenOver { previous = nil }
        // What the spool had to drop is missing, whatever else it is that is told.
        let loss = parts.outlet.loss(of: agent) ?? estate.loss
        let from = estate.coverage.begin(at: now, polled: session.status.unbrokenUntil, lost: loss?.from)
        estate.isNew = false
        estate.hasEnded = false
        estate.tellsLoss = loss != nil
        // What a queue has not got is not known there.
        let isGivenUp = parts.outlet.takeGivenUp(agent)
        let publishesAll =
            !estate.knowsAll || loss != nil || isGivenUp || estate.resync?.publishesAll == true
        estate.resync = ResyncDuty(publishesAll: publishesAll, since: .now)
        watch.forget()
        logger.info(
            "A new epoch of events begins",
            metadata: [LogKeys.epoch: "\(epoch)", LogKeys.reason: "\(reason.rawValue)"])
        try await say([
            .started(previousEpoch: previous?.epoch, instance: parts.configuration.instance),
            .gap(
                previousEpoch: loss?.epoch ?? previous?.epoch,
                lastSequence: loss?.lastSequence ?? previous?.lastSequence,
                from: from, to: now, reason: reason),
        ])
        parts.metrics.events.gap(reason)
    }

    func end(because reason: SessionMessage.EndReason) async throws {
        guard !estate.isNew, !estate.hasEnded else { return }
        try await publishWithheld()
        try await say([.ended(lastSequence: estate.continuity.sequence, reason: reason)])
        estate.hasEnded = true
        if parts.outlet.takeGivenUp(agent) { estate.knowsAll = false }
        guard estate.resync == nil, estate.knowsAll else { return }
        parts.outlet.remember(
            AgentChange(
                agent: agent, epoch: estate.known.epoch, sequence: estate.known.sequence, isComplete: true))
    }

    private func say(_ words: [SessionMessage.What]) async throws {
        try await take(words.map(spoken))
        remember()
    }

    /// A word of the bridge's own, in its place in the order.
    func spoken(_ what: SessionMessage.What) -> SpooledEvent {
        let now = UnixTime.now()
        let word = SessionMessage(agent: agent, what: what, place: estate.continuity.next(), at: now)
        return SpooledEvent(
            agent: agent, place: word.place, at: now, since: unbrokenUntil,
            message: word.message(names: parts.names, cloudEvents: parts.configuration.events.cloudEvents))
    }
}
