internal import GWS
internal import Logging
internal import RawJSON

// How a gap is healed: the calls and devices are read, and what differs from what consumers know is published.
extension EventPump {
    /// Whether there is nothing to be healed.
    var isWhole: Bool { estate.resync == nil && parts.outlet.loss(of: agent) == nil }

    /// Does what is due and was not done: tells of what the spool had to drop, and reads what could not be read. Then
    /// live events go on.
    ///
    /// Where GWS cannot be read for long they go on without, and it is tried again: a bridge must not be deaf because of
    /// a gap that it cannot close.
    func heal(before notifications: [GWS.Notification]) async throws {
        if estate.resync == nil, parts.outlet.loss(of: agent) != nil { try await begin(because: .spoolFull) }
        if estate.resync != nil {
            if let reading = try await read() { try await publish(reading) }
            if let duty = estate.resync {
                let waiting = estate.withheld.map(\.notification) + notifications
                let bytes = waiting.reduce(0) { $0 + $1.body.count }
                if duty.holdsBack(waiting.count, bytes: bytes, at: .now) {
                    return try await withhold(notifications)
                }
            }
            try await publishWithheld()
        }
        try await publish(notifications)
    }

    /// Keeps them until there is what comes before them: with the end of the process they are not lost.
    private func withhold(_ notifications: [GWS.Notification]) async throws {
        guard let epoch = estate.continuity.epoch else { return }
        let withheld = notifications.map { notification in
            estate.withheldCount += 1
            // It is kept for a while, the answer that it came in is not.
            return WithheldNotification(
                .init(epoch: epoch, ordinal: estate.withheldCount), notification.detached)
        }
        // Who is cancelled has handed them over all the same.
        estate.withheld += withheld
        try await parts.outlet.withhold(withheld, of: agent)
    }

    /// Publishes what was withheld, though nothing comes before it any more.
    func publishWithheld() async throws { try await release([], seen: []) }

    /// Publishes these and then what was withheld. Where the process ends meanwhile the store has each of these either as
    /// withheld or with the number that it was given here.
    ///
    /// - Parameters:
    ///   - events: numbered already.
    ///   - seen: the numbers of commands of which they show something.
    ///   - remember: is done in between, with what consumers know by those.
    private func release(
        _ events: [SpooledEvent], seen: [Int], remember: () -> Void = {}
    ) async throws {
        var (events, seen) = (events, seen)
        let withheld = estate.withheld
        for one in withheld { events += self.events(of: one.notification, releases: one.id, seen: &seen) }
        // Who is cancelled has handed them over all the same.
        estate.withheld = []
        try await take(events)
        remember()
        if !withheld.isEmpty { self.remember(withheld.map(\.notification)) }
        if estate.resync == nil { estate.coverage.heal() }
        await hear(seen)
    }

    /// Publishes what differs from what is known, and what waited for that.
    private func publish(_ reading: Reading) async throws {
        guard let duty = estate.resync else { return }
        let resync = Resync(
            known: estate.known.calls, devices: estate.known.devices, calls: reading.calls,
            devices: reading.devices, publishesAll: duty.publishesAll)
        let differences = resync.differences(at: UnixTime.now())
        var seen: [Int] = []
        var events = differences.map { difference in
            number(
                difference.notification, deviceID: difference.deviceID, origin: .resync,
                isInferred: difference.isInferred, seen: &seen)
        }
        events.append(
            spoken(
                .resynced(calls: resync.callIDs, devices: resync.deviceIDs, published: differences.count)))
        watch.note(calls: reading.calls, devices: reading.devices)
        try await release(events, seen: seen) {
            parts.outlet.remember(
                estate.known.take(calls: reading.calls, devices: reading.devices, of: agent))
            estate.knowsAll = true
            estate.resync = nil
            if estate.tellsLoss { parts.outlet.lossTold(of: agent) }
            estate.tellsLoss = false
            estate.loss = nil
        }
        logger.info("What changed meanwhile is published", metadata: [LogKeys.count: "\(differences.count)"])
    }

    private struct Reading: Sendable {
        let calls: [RawJSON]
        let devices: [RawJSON]
    }

    /// So long a poll may wait: GWS forgets who has not polled for ten seconds, and there are events to publish
    /// before and after.
    private static let patience = Duration.seconds(4)

    /// - Returns: nil where it is not due yet, or cannot be done now.
    private func read() async throws -> Reading? {
        guard let duty = estate.resync, duty.isDue(at: .now) else { return nil }
        // GWS says no, and will hardly say yes a second later.
        var isRefusal = false
        do {
            if let reading = try await read(within: Self.patience) { return reading }
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.warning("GWS does not show the calls", metadata: [LogKeys.error: "\(error)"])
            isRefusal = true
        }
        estate.resync?.failed(at: .now, isRefusal: isRefusal)
        logger.warning("The calls and devices could not be read after a gap, and it is tried again")
        return nil
    }

    private func read(within limit: Duration) async throws -> Reading? {
        let deadline = UnixTime.now() + limit.milliseconds
        return try await inTime(limit) { [session, logger, stopping] in
            var reading: Reading?
            try await retrying("reading the calls", logger: logger, until: stopping, plan: Self.plan) {
                // Anything but a list is no list of none: all calls would be over.
                guard
                    let devices = try await session.devices(before: deadline)["devices"],
                    let calls = try await session.calls(before: deadline)["calls"],
                    devices.kind == .array, calls.kind == .array
                else { throw Unreadable() }
                reading = Reading(calls: Array(calls.elements), devices: Array(devices.elements))
            }
            return reading
        }?.flatMap(\.self)
    }

    private static func plan(_ error: any Error) throws -> RetryPlan {
        guard let error = error as? GWSError else { throw error }
        switch error {
        case .refused, .loginRefused, .left, .cancelled: throw error
        default: return RetryPlan(.session, atLeast: error.retryAfter)
        }
    }
}

/// The answer has no list.
private struct Unreadable: Error {}
