internal import GWS
internal import RawJSON

// In GWS's own shape, but for what only GWS can say: when it made the message, and the switch's extensions.
extension Resync {
    static func tell(call: RawJSON, isInferred: Bool, _ now: Int64) -> Difference {
        let data = RawJSON(members: [
            "messageType": RawJSON(string: "CallStateChangeMessage"),
            "notificationType": RawJSON(string: "StatusChange"), "call": call,
        ])
        return Difference(
            notification: notification(data, on: "/v2/me/calls", now), deviceID: nil, isInferred: isInferred)
    }

    static func tell(device: RawJSON, _ id: String, _ now: Int64) -> Difference {
        let data = RawJSON(members: [
            "messageType": RawJSON(string: "DeviceStateChangeMessage"),
            "devices": RawJSON(elements: [device]),
        ])
        return Difference(
            notification: notification(data, on: "/v2/me/devices", now), deviceID: id, isInferred: false)
    }

    private static func notification(_ data: RawJSON, on channel: String, _ now: Int64) -> GWS.Notification {
        let json = RawJSON(members: ["data": data, "channel": RawJSON(string: channel)])
        return GWS.Notification(json, channel: channel, receivedAt: now)
    }
}

extension RawJSON {
    /// The call as it would be if it was over, its other members as they were.
    func released(_ id: String) -> RawJSON {
        var call = kind == .object ? self : RawJSON(members: [:])
        // What was kept may be from anywhere; nobody could tell what is over.
        if call["id"]?.string != id { call = call.replacing("id", with: RawJSON(string: id)) }
        return call.replacing("state", with: RawJSON(string: "Released"))
            .replacing("capabilities", with: RawJSON(elements: []))
    }
}
