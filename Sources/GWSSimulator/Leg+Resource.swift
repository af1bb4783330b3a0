extension Leg {
    /// The call as GWS shows it, members in the order in which 8.5.202 sends them.
    package func resource(
        deviceID: String, baseURL: String, features: Set<String>, rules: CallRules = .init(), at now: Int64
    ) -> JSON {
        var members: [JSON.Member] = [
            .init("id", .string(id)),
            .init("state", .string(party.state.rawValue)),
            .init("callUuid", .string(party.identity.uuid)),
            .init("connId", .string(call.connID)),
            .init("deviceUri", .string("\(baseURL)/devices/\(deviceID)")),
        ]
        members += participants(rules)
        members.append(.init("dnis", .string(call.dnis)))
        if call.kind == .inbound || call.kind == .outbound {
            members.append(.init("ani", .string(call.caller)))
        }
        members += [
            .init("callType", .string(call.kind.rawValue)),
            .init("capabilities", .array(capabilities(with: features).map(JSON.string))),
        ]
        if !call.userData.isEmpty { members.append(.init("userData", .object(call.userData))) }
        members += [
            .init("duration", .string(String(max(0, now - party.joinedAt) / 1000))),
            .init("mute", party.isMuted ? "On" : "Off"),
        ]
        // Absent before the party was connected, and where recording is not granted.
        if features.contains("api-voice-recording"), party.hasTalked || party.state == .established {
            members.append(.init("recordingState", .string(call.recording.rawValue)))
        }
        members += [
            .init("supervisorListeningIn", .bool(isSupervised)),
            .init("monitoredUserMuted", .bool(isMonitoredUserMuted)),
            .init("monitoring", .bool(party.supervision != nil)),
            .init("uri", .string("\(baseURL)/me/calls/\(id)")),
            .init("path", .string("/calls/\(id)")),
        ]
        if let parentID {
            members += [
                .init("parentCallUri", .string("\(baseURL)/me/calls/\(parentID)")),
                .init("parentCallPath", .string("/calls/\(parentID)")),
            ]
        }
        if party.state == .established { members.append(.init("case", [])) }
        return .object(members)
    }

    private func participants(_ rules: CallRules) -> [JSON.Member] {
        let numbers = call.participants(for: party.person).map { JSON.string($0.number) }
        guard rules.oldFormats else {
            return [
                .init(
                    "participants",
                    .array(
                        numbers.map { number in
                            [
                                "e164Number": "", "formattedPhoneNumber": number, "phoneNumber": number,
                                "digits": number,
                            ]
                        }))
            ]
        }
        return [
            .init("participants", .array(numbers)),
            .init(
                "participantsInfo",
                .array(
                    numbers.map { number in
                        ["digits": number, "e164Number": "", "formattedPhoneNumber": number]
                    })),
        ]
    }

    /// The switch's own extensions of a state change, values as seen in traffic; nil where there are none.
    package func extensions(for type: Switchboard.NotificationType) -> JSON? {
        guard type == .statusChange else { return nil }
        let isBusiness: JSON = call.kind == .internal ? 0 : 1
        switch party.state {
        case .ringing:
            return [
                "BusinessCall": isBusiness, "NO_ANSWER_ACTION": "notready", "NO_ANSWER_TIMEOUT": 15,
                "NO_ANSWER_OVERFLOW": "recall", "OriginationDN": .string(call.caller),
            ]
        case .established: return ["BusinessCall": 1, "WrapUpTime": 20]
        case .dialing, .held, .released: return ["BusinessCall": isBusiness]
        }
    }
}
