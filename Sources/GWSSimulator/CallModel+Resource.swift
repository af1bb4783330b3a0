extension CallModel {
    /// The call as its agent sees it, members in the order in which GWS 8.5.202 sends them.
    package func resource(for party: Party, deviceID: String, baseURL: String, mayRecord: Bool, at now: Int64)
        -> JSON
    {
        let others = parties.filter { $0.number != party.number && $0.state != .released }
        // What was connected at the end is still named in the last message.
        let shown = others.isEmpty ? parties.filter { $0.number != party.number } : others
        var members: [JSON.Member] = [
            .init("id", .string(id)),
            .init("state", .string(party.state.rawValue)),
            .init("callUuid", .string(id)),
            .init("connId", .string(connID)),
            .init("deviceUri", .string("\(baseURL)/devices/\(deviceID)")),
            .init("participants", .array(shown.map(Self.participant))),
            .init("dnis", .string(dnis)),
        ]
        if kind != .internal, let caller = parties.first {
            members.append(.init("ani", .string(caller.number)))
        }
        members += [
            .init("callType", .string(kind.rawValue)),
            .init("capabilities", .array(capabilities(of: party, mayRecord: mayRecord).map(JSON.string))),
        ]
        if !userData.isEmpty { members.append(.init("userData", .object(userData))) }
        members += [
            .init("duration", .string(String(max(0, now - party.joinedAt) / 1000))),
            .init("mute", party.isMuted ? "On" : "Off"),
        ]
        // Absent before anybody has spoken, and where recording is not granted.
        if mayRecord, party.state != .ringing, party.state != .dialing {
            members.append(.init("recordingState", .string(recording.rawValue)))
        }
        members += [
            .init("supervisorListeningIn", false),
            .init("monitoredUserMuted", false),
            .init("monitoring", false),
            .init("uri", .string("\(baseURL)/me/calls/\(id)")),
            .init("path", .string("/calls/\(id)")),
        ]
        if party.state == .established { members.append(.init("case", [])) }
        return .object(members)
    }

    private static func participant(_ party: Party) -> JSON {
        [
            "e164Number": "", "formattedPhoneNumber": .string(party.number),
            "phoneNumber": .string(party.number),
            "digits": .string(party.number),
        ]
    }

    /// The switch's own extensions of a state change, values as seen in traffic; nil where there are none.
    package func extensions(for party: Party, type: NotificationType) -> JSON? {
        guard type == .statusChange else { return nil }
        switch party.state {
        case .ringing:
            return [
                "BusinessCall": kind == .internal ? 0 : 1, "NO_ANSWER_ACTION": "notready",
                "NO_ANSWER_TIMEOUT": 15,
                "NO_ANSWER_OVERFLOW": "recall", "OriginationDN": .string(parties[0].number),
            ]
        case .established: return ["BusinessCall": 1, "WrapUpTime": 20]
        case .dialing, .held, .released: return ["BusinessCall": kind == .internal ? 0 : 1]
        }
    }
}
