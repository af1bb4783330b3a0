internal import CRabbitMQ
internal import Logging

/// What the connection's thread does after each wake-up: take what was handed over, read, write, say when to wake.
extension AMQPConnection {
    /// So many frames at most before writing gets its turn.
    private static let framesPerTurn = 4096
    /// How long a settlement may wait for others, unless half of what is out is settled.
    private static let settlementDelay: Duration = .milliseconds(5)

    func turn(isReadable: Bool) -> ConnectionThread.Wait {
        guard case .open(let handle) = phase else { return ConnectionThread.Wait() }
        handle.watch.enter(limit: hangLimit)
        defer { handle.watch.leave() }
        let now = ContinuousClock.now
        if let pause = pulse.standstill(at: now) {
            // Before anything is read: what lies in the socket is from the past.
            end(hang(handle) ?? .suspended(for: pause))
            return ConnectionThread.Wait()
        }
        do throws(AMQPError) {
            takeMail(now)
            try read(handle, isReadable: isReadable, now)
            try checkDeadlines(now)
            try beat(handle, now)
            try write(handle, now)
            // A write that had to wait has read meanwhile, and polling the socket would not tell of that.
            while handle.hasMore, isOpen, !mustReadAgain {
                try read(handle, isReadable: false, now)
                try write(handle, now)
            }
            advanceClosing()
        } catch {
            end(reasonStillUnread(handle) ?? error)
        }
        pulse.rested(at: .now, since: now)
        // It may have been stopped in the middle as well, and what it has read is old.
        let duration = pulse.lastTurn - now
        if duration > hangLimit { end(hang(handle) ?? .suspended(for: duration)) }
        handOutDeliveries()
        guard isOpen else { return ConnectionThread.Wait() }
        return rest(handle, now)
    }

    /// A library call that hung is another reason for being late, and has been seen to.
    private func hang(_ handle: ConnectionHandle) -> AMQPError? {
        handle.watch.hasExpired ? ConnectionHandle.hung : nil
    }

    var isOpen: Bool {
        if case .open = phase { true } else { false }
    }

    /// Longer than this no library call takes but by hanging.
    private var hangLimit: Duration {
        settings.heartbeat > .zero ? max(.seconds(1), settings.heartbeat) : .seconds(10)
    }

    private var snapshot: ConnectionStatus {
        var status = ConnectionStatus(
            lastHeard: pulse.lastHeard, lastConfirmed: max(lastConfirmed, unblockedAt))
        status.blockedReason = blockedReason
        status.unconfirmed = outbox.confirms.outstanding
        status.waiting = outbox.waitingCount
        return status
    }

    func takeMail(_ now: ContinuousClock.Instant) {
        let mail = mailbox.take(snapshot)
        for publishing in mail.publishings {
            let batch = Batch(publishing)
            if closing == nil { outbox.append(batch, at: now) } else { batch.finish(.closed) }
        }
        for (tag, settlement) in mail.settlements { acks.settle(tag, settlement) }
        for id in mail.cancelled {
            calls.abandon(id)?(.failure(.cancelled))
            outbox.abandon(id, .cancelled)
        }
    }

    private func read(
        _ handle: ConnectionHandle, isReadable: Bool, _ now: ContinuousClock.Instant
    ) throws(AMQPError) {
        let isBeatDue = beatAt.map { $0 <= now } ?? false
        guard isReadable || isBeatDue || mustReadAgain || handle.hasMore else { return }
        // The broker's heartbeats like to come just when ours are due, after the polling.
        let isReadable = isReadable || isBeatDue && handle.isReadable
        mustReadAgain = false
        // Asking for a frame is also what makes the library miss the broker's heartbeats.
        for _ in 0..<Self.framesPerTurn {
            guard let frame = try handle.nextFrame() else { return heard(isReadable, now) }
            try take(frame, handle)
            handle.release()
            guard isOpen else { return }
            // Without TLS, polling tells of what is left in the socket.
            if !handle.usesTLS, !handle.hasMore { return heard(isReadable, now) }
        }
        heard(isReadable, now)
        mustReadAgain = true
    }

    /// The library sends a heartbeat after a whole one of silence only, which is too late for ``Pulse``.
    private func beat(_ handle: ConnectionHandle, _ now: ContinuousClock.Instant) throws(AMQPError) {
        guard isOpen, let beatAt, beatAt <= now else { return }
        self.beatAt = pulse.beat.map { now + $0 }
        // Without room there is enough on its way to the broker.
        if handle.room() > 0 { try handle.sendHeartbeat() }
    }

    private func heard(_ isReadable: Bool, _ now: ContinuousClock.Instant) {
        if isReadable { pulse.heard(at: now) }
    }

    private func checkDeadlines(_ now: ContinuousClock.Instant) throws(AMQPError) {
        if let closing, closing.deadline <= now { throw .closed }
        if let call = calls.overdue(at: now) {
            guard blockedReason != nil else { throw .timedOut(operation: call.operation) }
            // The broker does not read from those it blocks: the calls fail, the connection need not.
            for (operation, complete) in calls.abandonOverdue(at: now) {
                complete(.failure(.timedOut(operation: operation)))
            }
            calls.extendUnderWay(to: now + settings.operationTimeout)
        }
        if let end = outbox.patienceEndsAt, end <= now {
            outbox.abandonOverdue(at: now, .timedOut(operation: "publishing"))
        }
        if let due = confirmsDueAt, due <= now {
            throw .stalled(reason: "the broker took or confirmed nothing for \(settings.confirmTimeout)")
        }
    }

    /// When the oldest message will have been out, or unable to get out, for too long.
    private var confirmsDueAt: ContinuousClock.Instant? {
        guard blockedReason == nil else { return nil }
        let since = [outbox.confirms.oldest, outbox.stuckSince].compactMap { $0 }.min()
        return since.map { max($0, unblockedAt) + settings.confirmTimeout }
    }

    private func write(_ handle: ConnectionHandle, _ now: ContinuousClock.Instant) throws(AMQPError) {
        guard isOpen else { return }
        let sent = handle.framesSent
        try finishMessage(handle)
        if outbox.writing == nil {
            while let call = calls.next, handle.room() > 0 {
                calls.sent()
                try call.send(handle)
            }
            try tellSettlements(handle, now)
            try publishWaiting(handle, now)
        }
        if hasSomethingToWrite {
            outbox.stuckSince = handle.framesSent == sent ? outbox.stuckSince ?? now : now
        } else {
            outbox.stuckSince = nil
        }
    }

    /// After writing: that there was no room for it. Whether there still is none is for polling to say.
    private var hasSomethingToWrite: Bool {
        outbox.writing != nil || calls.next != nil || !settlementsToSend.isEmpty || mayPublish
    }

    private func tellSettlements(
        _ handle: ConnectionHandle, _ now: ContinuousClock.Instant
    ) throws(AMQPError) {
        if acks.pending > 0, settlementsToSend.isEmpty {
            let isDue = acksDueAt.map { $0 <= now } ?? false
            if isDue || closing != nil || mayPublish || acks.pending * 2 >= acks.outstanding {
                acksDueAt = nil
                settlementsToSend = acks.flush()[...]
            } else {
                acksDueAt = acksDueAt ?? now + Self.settlementDelay
            }
        }
        while !settlementsToSend.isEmpty, handle.room() > 0 {
            try handle.send(settlementsToSend.removeFirst())
        }
    }

    /// After a failed write the broker's reason may still lie in the socket.
    private func reasonStillUnread(_ handle: ConnectionHandle) -> AMQPError? {
        guard isOpen, closing == nil, handle.mayRead, !handle.watch.hasExpired else { return nil }
        for _ in 0..<Self.framesPerTurn {
            // The library may fail again, and then there is no reason to be had.
            guard let frame = try? handle.nextFrame() else { return nil }
            if let reason = Self.closeReason(frame) { return reason }
            handle.release()
        }
        return nil
    }

    private func rest(_ handle: ConnectionHandle, _ now: ContinuousClock.Instant) -> ConnectionThread.Wait {
        handle.releaseAll()
        var wait = ConnectionThread.Wait(descriptor: handle.watch.socket)
        wait.wantsToWrite = outbox.stuckSince != nil
        // Without room, what is due is written when there is some.
        let dues = [
            beatAt, calls.deadline, confirmsDueAt, outbox.patienceEndsAt, wait.wantsToWrite ? nil : acksDueAt,
            closing?.deadline,
        ]
        wait.deadline = dues.compactMap { $0 }.min()
        let quiet = acksDueAt == nil ? 0 : max(1, (acks.outstanding + 1) / 2 - acks.pending)
        if !mailbox.rest(snapshot, quietSettlements: quiet) || mustReadAgain { wait.deadline = now }
        return wait
    }
}
