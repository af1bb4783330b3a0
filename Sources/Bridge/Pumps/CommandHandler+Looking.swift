internal import GWS
internal import RawJSON

// Reading what a command was to change, where no notification has shown it.
extension CommandHandler {
    func look(_ item: inout CommandCase) async -> CommandCourse.Step {
        let agent = item.command.agent
        let watch = sessions.watch(of: agent)
        var look = Completion.Look.over("The agent is not served any more.")
        if let change = item.command.change, let session = sessions[agent], let watch {
            let looking = Looking(item: item, change: change, session: session, watch: watch)
            look = await session.operating { await looking.look() }
        }
        // A notification may have come while GWS was asked.
        if item.course.mayBeSeen, let sighting = watch?.sighting(of: item.number),
            let outcome = item.course.saw(sighting)
        {
            return .end(outcome)
        }
        return item.course.looked(
            look, isSuperseded: watch?.isSuperseded(item.number) ?? false, now: item.now,
            jitter: .random(in: 0..<1))
    }
}

/// One look at what one command was to change.
private struct Looking {
    let item: CommandCase
    let change: StateChange
    let session: AgentSession
    let watch: AgentWatch

    private var operation: RawJSON { item.operation.object }

    /// Milliseconds that it may take.
    private static let patience: Int64 = 10_000

    private var deadline: Int64 { UnixTime.now() + Self.patience }

    func look() async -> Completion.Look {
        guard change.isReadable else { return .impossible }
        do {
            switch change.subject {
            case .call: return try await call(item.operation.callID)
            case .consultCall: return try await call(consultCallID)
            case .device: return try await device()
            case .newCall: return try await newCall()
            }
        } catch {
            return .failed("\(error)")
        }
    }

    private func call(_ id: String?) async throws(GWSError) -> Completion.Look {
        guard let id else { return .impossible }
        guard let call = try await session.call(id, before: deadline)?["call"] else {
            let ended = CommandOutcome.CallGlimpse(state: "Released")
            return .seen(shows: change.isMetByEnd, isAsBefore: false, isOver: true, ended)
        }
        watch.note(call, id: id)
        return seen(
            call, isOver: call["state"]?.string == "Released", CommandOutcome.CallGlimpse(ofCall: call))
    }

    private func seen(_ resource: RawJSON, isOver: Bool, _ glimpse: CommandOutcome.CallGlimpse?)
        -> Completion.Look
    {
        let before = watch.expectation(of: item.number)?.before
        let shows = change.holds(of: resource, after: operation, before: before)
        let isAsBefore = !shows && item.entry.before.map { $0 == change.aspect(of: resource) } ?? false
        return .seen(shows: shows, isAsBefore: isAsBefore, isOver: isOver, glimpse)
    }

    /// The consult call, where it can be told which that is.
    private var consultCallID: String? {
        if let id = watch.expectation(of: item.number)?.consultCallID { return id }
        guard let id = item.operation.callID else { return nil }
        return watch.isConsult(id) == true ? id : nil
    }

    private func device() async throws(GWSError) -> Completion.Look {
        let devices = try await session.devices(before: deadline)["devices"].map { Array($0.elements) } ?? []
        let id = item.operation.deviceID
        let meant = devices.filter { id == nil || $0["id"]?.string == id }
        guard let device = meant.first(where: { change.holds(of: $0, after: operation) }) ?? meant.first
        else {
            return .failed("GWS does not show the device")
        }
        guard meant.count == 1 || change.holds(of: device, after: operation) else { return .impossible }
        return seen(device, isOver: false, nil)
    }

    /// A call that was not there before, with the number that was dialed, and not older than the command.
    private func newCall() async throws(GWSError) -> Completion.Look {
        guard let number = operation["destination"]?["phoneNumber"]?.string, let sentAt = item.entry.sentAt
        else {
            return .impossible
        }
        let known = watch.expectation(of: item.number)?.knownCalls ?? []
        let age = (UnixTime.now() - sentAt) / 1000 + 1
        let call = try await session.calls(before: deadline)["calls"]?.elements.first { call in
            guard let id = call["id"]?.string, !known.contains(id) else { return false }
            let duration = call["duration"]?.string.flatMap { Int64($0) } ?? 0
            return duration <= age && call.hasParticipant(number)
        }
        guard let call else { return .seen(shows: false, isAsBefore: false, isOver: false, nil) }
        return .seen(shows: true, isAsBefore: false, isOver: false, CommandOutcome.CallGlimpse(ofCall: call))
    }
}

extension RawJSON {
    fileprivate func hasParticipant(_ number: String) -> Bool {
        self["dnis"]?.string == number
            || self["participants"]?.elements.contains {
                $0["phoneNumber"]?.string == number || $0.string == number
            }
                ?? false
    }
}
