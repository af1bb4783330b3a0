import AMQP
import RawJSON

extension CallScreen {
    /// An event, as contract and GWS have it; what is neither is passed over.
    mutating func take(_ event: AMQPMessage, at now: ContinuousClock.Instant) {
        guard let agent = event.properties.headers["gws-agent"]?.string, !agent.isEmpty,
            event.body.count <= Self.largestEvent, agents[agent] != nil || agents.count < Self.mostAgents,
            // What GWS sends may have a key twice: AttachUserData adds one that is there already.
            let body = try? RawJSON(event.body, limits: .init(allowsDuplicateKeys: true))
        else { return }
        if agents[agent] == nil { agents[agent] = Heard() }
        let type = event.properties.type ?? ""
        if event.routingKey.hasPrefix("session.") {
            take(session: type, body, of: agent, at: now)
        } else if let data = body["data"] {
            take(data, type: type, of: agent, at: now)
        }
        if agent == self.agent { selectAny() }
    }

    mutating func take(_ news: Follower.News) {
        switch news {
        case .following(let isAgain):
            connection = .connected
            // What it says of the connection is not so any more.
            hint = nil
            defer { wasConnected = true }
            guard isAgain, wasConnected else { return }
            // The bridge knows nothing of our gap, and will not tell again.
            for agent in agents.keys { doubtCalls(of: agent) }
            note(ScreenNote("connected again; what came meanwhile was missed", .yellow))
        case .interrupted(let reason):
            connection = .interrupted(reason)
        case .continuing, .missing:
            // Of streams, and this is none.
            break
        }
    }

    private mutating func take(
        _ data: RawJSON, type: String, of agent: String, at now: ContinuousClock.Instant
    ) {
        if let call = data["call"].flatMap({ ShownCall($0, notification: type, at: now) }) {
            put(call, of: agent)
        }
        if let devices = data["devices"]?.elements.prefix(Self.mostDevices) {
            for device in devices.compactMap(ShownDevice.init) { put(device, of: agent) }
        }
        if data["messageType"]?.string == "ErrorMessage", agent == self.agent {
            // It may say nothing at all (observed with 8.5.202).
            let said = data["errorMessage"]?.string ?? data["statusMessage"]?.string ?? "without details"
            note(ScreenNote("ErrorMessage: \(said.bounded(to: 300))", .red))
        }
    }

    private mutating func put(_ call: ShownCall, of agent: String) {
        var calls = agents[agent]?.calls ?? []
        if let position = calls.firstIndex(where: { $0.id == call.id }) {
            // Told twice that it is over, it does not stay any longer.
            guard calls[position].releasedAt == nil || call.releasedAt == nil else { return }
            calls[position] = call
        } else {
            guard makeRoom(among: &calls, of: agent) else {
                putAside(call, of: agent)
                return
            }
            calls.append(call)
        }
        agents[agent]?.others.remove(call.id)
        agents[agent]?.calls = calls
        for capability in call.capabilities { letters.assign(capability) }
    }

    /// Removes what is over, else what may be, but never the call that keys are meant for.
    private func makeRoom(among calls: inout [ShownCall], of agent: String) -> Bool {
        guard calls.count >= Self.mostCalls else { return true }
        let kept = agent == self.agent ? selected : nil
        let position =
            calls.firstIndex { $0.releasedAt != nil && $0.id != kept }
            ?? calls.firstIndex { !$0.isSure && $0.id != kept }
        guard let position else { return false }
        calls.remove(at: position)
        return true
    }

    private mutating func putAside(_ call: ShownCall, of agent: String) {
        if call.releasedAt != nil {
            agents[agent]?.others.remove(call.id)
        } else if agents[agent]?.others.count ?? 0 < Self.mostOthers {
            agents[agent]?.others.insert(call.id)
        }
    }

    private mutating func put(_ device: ShownDevice, of agent: String) {
        var devices = agents[agent]?.devices ?? []
        if let position = devices.firstIndex(where: { $0.id == device.id }) {
            devices[position] = device
        } else if devices.count < Self.mostDevices {
            devices.append(device)
        }
        agents[agent]?.devices = devices
    }

    // MARK: - Sessions

    private mutating func take(
        session type: String, _ body: RawJSON, of agent: String, at now: ContinuousClock.Instant
    ) {
        let reason = (body["reason"]?.string).map { " (\($0.bounded(to: 40)))" } ?? ""
        switch type {
        case "Gap":
            doubtCalls(of: agent)
            tell("events may be missing\(reason)", of: agent)
        case "Ended":
            doubtCalls(of: agent)
            tell("the bridge's session of \(agent.bounded(to: 40)) has ended\(reason)", of: agent)
        case "Resynced":
            // Any call that is not named is over.
            let calls = Set((body["calls"]?.elements.lazy.compactMap(\.string)).map(Array.init) ?? [])
            for index in agents[agent]?.calls.indices ?? 0..<0 {
                if let id = agents[agent]?.calls[index].id, !calls.contains(id) {
                    agents[agent]?.calls[index].release(at: now)
                }
            }
            agents[agent]?.others.formIntersection(calls)
            tell("the calls were read again", of: agent)
        default: break
        }
    }

    private mutating func tell(_ text: String, of agent: String) {
        if agent == self.agent { note(ScreenNote(text, .yellow)) }
    }

    private mutating func doubtCalls(of agent: String) {
        for index in agents[agent]?.calls.indices ?? 0..<0 { agents[agent]?.calls[index].doubt() }
    }
}
