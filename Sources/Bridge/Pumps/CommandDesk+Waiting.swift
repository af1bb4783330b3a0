internal import GWS

// Commands that wait for a notification or for the end of a pause, and what becomes due meanwhile.
extension CommandDesk {
    /// The command waits for its time, or until something is seen of it. Not yet accepted, it keeps its lane.
    ///
    /// - Returns: false if something was seen meanwhile; then it does not wait.
    func wait(_ item: CommandCase, _ reach: Reach) -> Bool {
        note(reach, of: item)
        let time = item.waitsUntil
        let id = item.envelope.id
        if underWay[id]?.wasSeen == true {
            underWay[id]?.wasSeen = false
            return false
        }
        guard underWay[id] != nil else { return true }
        if let lane = underWay[id]?.lane {
            lanes.pause(lane)
            handOut()
        }
        waiting[item.number] = item
        schedule(.wait(number: item.number), at: time)
        return true
    }

    /// Something was seen of these.
    func saw(_ numbers: [Int]) {
        for number in numbers {
            if waiting[number] != nil {
                wake(number)
            } else if let id = ids[number] {
                underWay[id]?.wasSeen = true
            }
        }
        handOut()
    }

    private func wake(_ number: Int) {
        guard let item = waiting.removeValue(forKey: number) else { return }
        // Its last delivery may be a later one.
        if let request = request(of: item) { item.follow(request) }
        if let lane = underWay[item.envelope.id]?.lane {
            underWay[item.envelope.id]?.lane = nil
            lanes.resume(item, in: lane)
        } else {
            resumed.append(item)
        }
    }

    // MARK: - Time

    /// Lets what is due go on, until the desk has stopped.
    func keepTime() async {
        while !hasStopped, !Task.isCancelled {
            let now = max(UnixTime.steady(), sleptUntil)
            while let due = agenda.popDue(at: now) { happen(due, now) }
            handOut()
            await sleep(until: agenda.next)
        }
    }

    private func happen(_ due: Due, _ now: Int64) {
        switch due {
        case .wait(let number):
            // It may have gone on, and wait for something else.
            guard let time = waiting[number]?.waitsUntil, time <= now else { return }
            waiting[number]?.wokenFor = time
            wake(number)
        case .trial(let agent): letTry(agent, now: now)
        case .sweep:
            // An earlier one has taken its place otherwise.
            if sweepAt <= now { sweep(now) }
        }
    }

    func schedule(_ due: Due, at time: Int64) {
        agenda.add(due, at: time)
        if agenda.count > agendaLimit {
            agenda.removeAll(where: isStale)
            agendaLimit = max(Self.smallAgenda, agenda.count * 2)
        }
        if let sleeper, time < sleeper.until { sleeper.task.cancel() }
    }

    /// What was waited for has come earlier: of many commands with much time that would be much.
    private func isStale(_ due: Due, _ time: Int64) -> Bool {
        switch due {
        case .wait(let number): waiting[number]?.waitsUntil != time
        case .trial: false
        case .sweep: sweepAt != time
        }
    }

    private func sleep(until time: Int64?) async {
        let pause: Duration = time.map { .milliseconds(max($0 - UnixTime.steady(), 0)) } ?? .seconds(3600)
        // A task of its own, so that what becomes due earlier can end it; it is awaited at once.
        let task = Task { _ = try? await ContinuousClock().sleep(for: pause) }
        sleeper = (task, time ?? .max)
        await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
        sleeper = nil
        // Whole milliseconds are counted, and one may be missing.
        if !task.isCancelled, let time { sleptUntil = time }
    }

    // MARK: - What only waits

    /// A command that waits for its lane is looked at when its time is over.
    ///
    /// - Parameters: Unix milliseconds.
    func watchDeadline(_ deadline: Int64, now: Int64) {
        let time = max(deadline, now + 250)
        guard time < sweepAt else { return }
        sweepAt = time
        schedule(.sweep, at: time)
    }

    /// Commands whose time is over need not wait for their turn to hear that.
    private func sweep(_ now: Int64) {
        let late = lanes.removeWaiting { $0.course.plan.deadline <= now }
        resumed.append(contentsOf: late.sorted { $0.course.plan.deadline < $1.course.plan.deadline })
        sweepAt = .max
        if let next = lanes.waitingItems.map(\.course.plan.deadline).min() { watchDeadline(next, now: now) }
    }
}
