internal import GWS
internal import RawJSON

// Reading what a command was to change, where no notification has shown it.
extension CommandHandler {
    /// - Throws: ``NotOurs``, where another process serves the agent.
    func look(_ item: CommandCase) async throws -> CommandCourse.Step {
        let agent = item.command.agent
        switch sessions.place(of: agent) {
        case .here, .nowhere: break
        case .soonHere: return .wait(until: item.now + Self.sessionPause)
        case .elsewhere: if item.request.shard != nil { throw NotOurs() }
        }
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
            look, isSuperseded: watch?.isSuperseded(item.number) ?? false,
            isBeforeKnown: item.entry.before != nil, now: item.now, jitter: .random(in: 0..<1))
    }
}

/// One look at what one command was to change.
private struct Looking {
    let item: CommandCase
    let change: StateChange
    let session: AgentSession
    let watch: AgentWatch

    /// Milliseconds that it may take.
    private static let patience: Int64 = 10_000

    func look() async -> Completion.Look {
        let operation = item.operation
        let reading = Reading(
            watch.expectation(of: item.number)
                ?? ExpectedChange(
                    Expectations.Cause(commandID: item.envelope.id, traceparent: nil), change: change,
                    operation: operation.object, callID: operation.callID, deviceID: operation.deviceID,
                    before: nil),
            aspect: item.entry.before, sentAt: item.entry.sentAt)
        let deadline = UnixTime.now() + Self.patience
        do {
            switch reading.source(consultCall: operation.callID.flatMap(watch.consultCall)) {
            case .nothing: return .impossible
            case .call(let id):
                let call = try await session.call(id, before: deadline)?["call"]
                if let call { watch.note(call, id: id) }
                return reading.look(at: call)
            case .calls:
                let calls = try await session.calls(before: deadline)["calls"]
                return reading.look(atCalls: calls.map { Array($0.elements) } ?? [], now: UnixTime.now())
            case .devices:
                let devices = try await session.devices(before: deadline)["devices"]
                return reading.look(atDevices: devices.map { Array($0.elements) } ?? [])
            }
        } catch {
            return .failed("\(error)")
        }
    }
}
