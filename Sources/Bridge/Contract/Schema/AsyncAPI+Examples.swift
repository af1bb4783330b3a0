internal import GWS
internal import RawJSON

/// Events that are not GWS's own, as the bridge writes them.
extension AsyncAPI {
    private static let place = Continuity.Place(epoch: "mb2k9x7ab-0z4k1c8", sequence: 3, callSequence: 1)
    private static let at: Int64 = 1_769_554_688_150

    /// A call that changed while nobody looked.
    static var callReadAgain: JSONDocument { callExample(state: "Held", isInferred: false) }

    /// A call that was over when the agent's calls were read.
    static var callGone: JSONDocument { callExample(state: "Released", isInferred: true) }

    private static func callExample(state: String, isInferred: Bool) -> JSONDocument {
        let call = RawJSON(members: [
            "id": RawJSON(string: Schema.exampleCall), "state": RawJSON(string: state),
            "capabilities": RawJSON(elements: state == "Held" ? [RawJSON(string: "Retrieve")] : []),
        ])
        let notification = Resync.tell(call: call, isInferred: isInferred, at).notification
        let inferred: JSONDocument = isInferred ? ["gws-inferred": true] : [:]
        let headers: JSONDocument = [
            "gws-contract": 1, "gws-agent": "5001", "gws-channel": .string(notification.channel),
            "gws-received-at": .integer(Int(at)), "gws-epoch": .string(place.epoch),
            "gws-sequence": .integer(Int(place.sequence)),
            "gws-origin": .string(Event.Origin.resync.rawValue),
            "gws-call-id": .string(Schema.exampleCall), "gws-call-sequence": 1,
            "gws-call-state": .string(state), "gws-message-type": "CallStateChangeMessage",
            "gws-notification-type": "StatusChange",
        ]
        return ["headers": headers + inferred, "payload": .text(notification.json.description)]
    }

    static func example(of kind: SessionMessage.Kind) -> JSONDocument {
        let previous = "mb2k8p3d0-0z4k1c8"
        let what: SessionMessage.What =
            switch kind {
            case .started: .started(previousEpoch: previous, instance: "bridge-1")
            case .gap:
                .gap(
                    previousEpoch: previous, lastSequence: 41, from: at - 4000, to: at, reason: .sessionLost)
            case .resynced:
                .resynced(calls: [Schema.exampleCall], devices: [Schema.exampleDevice], published: 1)
            case .ended: .ended(lastSequence: 2, reason: .stopped)
            }
        let message = SessionMessage(agent: "5001", what: what, place: place, at: at)
        return .text(String(decoding: message.body, as: UTF8.self))
    }
}
