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
        if estate.resync == nil, parts.outlet.loss(of: agent) != nil { try await begin(because: .spoolFull) }
        guard estate.resync != nil else { return try await publish(notifications) }
        estate.held += notifications
        try await resync()
        if let duty = estate.resync, duty.holdsBack(estate.held.count, at: .now) { return }
        try await publishHeld()
    }

    /// What is held is published, and then nothing is doubtful any more, unless there is still something to read.
    func publishHeld() async throws {
        try await publish(estate.held)
        estate.held = []
        if estate.resync == nil { estate.doubtfulFrom = nil }
    }

    /// Nothing else is published meanwhile: what was read would be older than that.
    private func resync() async throws {
        guard let duty = estate.resync, duty.isDue(at: .now) else { return }
        let reading: Reading
        switch try await read() {
        case .done(let read): reading = read
        case .failed(let isRefusal):
            estate.resync?.failed(at: .now, isRefusal: isRefusal)
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
        if estate.tellsLoss { parts.outlet.lossTold(of: agent) }
        estate.tellsLoss = false
        estate.loss = nil
        if !seen.isEmpty { await parts.saw(seen) }
        logger.info("What changed meanwhile is published", metadata: [LogKeys.count: "\(differences.count)"])
    }

    private struct Reading: Sendable {
        let calls: [RawJSON]
        let devices: [RawJSON]
    }

    private enum Attempt {
        case done(Reading)
        /// - Parameter isRefusal: GWS says no, and will hardly say yes a second later.
        case failed(isRefusal: Bool)
    }

    /// So long a poll may wait: GWS forgets who has not polled for ten seconds, and there are events to publish
    /// before and after.
    private static let patience = Duration.seconds(5)

    private func read() async throws -> Attempt {
        let deadline = UnixTime.now() + Self.patience.milliseconds
        do {
            let reading = try await inTime(Self.patience) { [session, logger] in
                var reading: Reading?
                try await retrying("reading the calls", logger: logger, plan: Self.plan) {
                    // Anything but a list is no list of none: all calls would be over.
                    guard
                        let devices = try await session.devices(before: deadline)["devices"],
                        let calls = try await session.calls(before: deadline)["calls"],
                        devices.kind == .array, calls.kind == .array
                    else { throw Unreadable() }
                    reading = Reading(calls: Array(calls.elements), devices: Array(devices.elements))
                }
                return reading
            }
            return reading?.flatMap(\.self).map(Attempt.done) ?? .failed(isRefusal: false)
        } catch let error as CancellationError {
            throw error
        } catch {
            logger.warning("GWS does not show the calls", metadata: [LogKeys.error: "\(error)"])
            return .failed(isRefusal: true)
        }
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
