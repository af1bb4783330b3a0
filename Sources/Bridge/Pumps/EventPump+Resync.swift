internal import GWS
internal import Logging
internal import RawJSON

// How a gap is healed: the calls and devices are read, and what differs from what consumers know is published.
extension EventPump {
    /// Does what is due and was not done: tells of what the spool had to drop, and reads what could not be read. Then
    /// live events go on.
    ///
    /// Where GWS cannot be read for long they go on without, and it is tried again: a bridge must not be deaf because of
    /// a gap that it cannot close.
    func heal(before notifications: [GWS.Notification]) async throws {
        if parts.outlet.loss(of: agent) != nil { try await begin(because: .spoolFull) }
        guard let duty = estate.resync else { return try await publish(notifications) }
        estate.held += notifications
        try await resync()
        guard estate.resync != nil, duty.holdsBack(estate.held.count, at: .now) else {
            return try await publishHeld()
        }
    }

    func publishHeld() async throws {
        let held = estate.held
        estate.held = []
        try await publish(held)
    }

    /// Nothing else is published meanwhile: what was read would be older than that.
    func resync() async throws {
        guard let duty = estate.resync, duty.isDue(at: .now) else { return }
        guard let reading = try await read() else {
            estate.resync?.failed(at: .now)
            logger.warning("The calls and devices could not be read after a gap, and it is tried again")
            return
        }
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
        try await take(events)
        parts.outlet.remember(
            estate.known.take(calls: reading.calls, devices: reading.devices, of: agent))
        estate.knowsAll = true
        estate.resync = nil
        if !seen.isEmpty { await parts.saw(seen) }
        logger.info("What changed meanwhile is published", metadata: [LogKeys.count: "\(differences.count)"])
    }

    private struct Reading: Sendable {
        let calls: [RawJSON]
        let devices: [RawJSON]
    }

    /// So long a poll may wait: GWS forgets who has not polled for ten seconds, and there are events to publish
    /// before and after.
    private static let patience = Duration.seconds(5)

    /// - Returns: nil where GWS cannot be read in time, or will not let us.
    private func read() async throws -> Reading? {
        let deadline = UnixTime.now() + Self.patience.milliseconds
        do {
            return try await inTime(Self.patience) { [session, logger] in
                var reading: Reading?
                try await retrying("reading the calls", logger: logger, plan: Self.plan) {
                    guard
                        let devices = try await session.devices(before: deadline)["devices"],
                        let calls = try await session.calls(before: deadline)["calls"]
                    else { throw Unreadable() }
                    reading = Reading(calls: Array(calls.elements), devices: Array(devices.elements))
                }
                return reading
            }?.flatMap(\.self)
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.warning("GWS does not show the calls", metadata: [LogKeys.error: "\(error)"])
            return nil
        }
    }

    private static func plan(_ error: any Error) throws -> RetryPlan {
        // It says no, and will not say yes a second later.
        guard let error = error as? GWSError else { throw error }
        switch error {
        case .refused, .loginRefused, .left, .cancelled: throw error
        default: return RetryPlan(.session, atLeast: error.retryAfter)
        }
    }
}

/// The answer has no list.
private struct Unreadable: Error {}
