// What the control API shows.

extension Simulator {
    func describeAgents() -> JSON {
        .array(
            roster.names.compactMap { agents[$0] }.map { agent in
                [
                    "name": .string(agent.name), "deviceId": .string(agent.deviceID),
                    "calls": .array(switchboard.legs(of: agent.name).map { .string($0.id) }),
                    "clients": .int(cometD.clients(of: agent.name).count),
                    "devices": agent.resources(baseURL: apiURL),
                ]
            })
    }

    func describeSessions() -> JSON {
        [
            "http": .array(
                httpSessions.sessions.values.map { ["agent": .string($0.agent), "id": .string($0.id)] }),
            "cometd": .array(
                cometD.sessions.values.map { session in
                    [
                        "agent": .string(session.agent), "clientId": .string(session.clientID),
                        "subscriptions": .array(session.subscriptions.sorted().map(JSON.string)),
                        "waiting": .int(session.queue.count),
                        "isHeld": .bool(heldPolls[session.clientID] != nil),
                    ]
                }),
        ]
    }

    static func describe(_ request: JournaledRequest) -> JSON {
        [
            "sequence": .int(request.sequence), "time": .int(request.time), "method": .string(request.method),
            "path": .string(request.path), "agent": request.agent.map(JSON.string) ?? .null,
            "body": .string(request.body), "executed": .bool(request.executed),
            "answered": .bool(request.isAnswered), "status": request.status.map { JSON.int($0) } ?? .null,
            "fault": request.fault.map(JSON.string) ?? .null,
        ]
    }

    /// The notification itself is given as it went out, and so is text within the JSON.
    static func describe(_ notification: EmittedNotification) -> JSON {
        [
            "sequence": .int(notification.sequence), "time": .int(notification.time),
            "agent": .string(notification.agent), "channel": .string(notification.channel),
            "callId": notification.callID.map(JSON.string) ?? .null,
            "type": notification.type.map(JSON.string) ?? .null, "message": .string(notification.message),
        ]
    }

    static func describe(_ entry: (id: Int, fault: Fault)) -> JSON {
        [
            "id": .int(entry.id), "fault": .string(entry.fault.summary),
            "times": entry.fault.times.map { JSON.int($0) } ?? .null,
        ]
    }
}
