/// What GWS sends. It is GWS's own, differs between its versions, and is passed on whatever it is: the schemas describe
/// what one may look for, and demand little.
extension Schema {
    static func eventBody(of subject: EventSubject) -> JSONDocument {
        var data: Members = [
            (
                "messageType",
                described("What kind of message it is.", examples: .strings(messageTypes(of: subject)))
            )
        ]
        switch subject {
        case .call:
            data += [
                (
                    "notificationType",
                    described("What happened.", examples: .strings(notificationTypes))
                ),
                ("call", call), ("phoneNumber", described("The agent's own number.", like: "5001")),
                ("extensions", described("What the switch adds.")),
                ("callUri", described("The call, where an ErrorMessage names it.")),
            ]
        case .device:
            data += [
                ("devices", described("The devices, whole; the event's own is the one of gws-device-id.")),
                ("deviceUri", described("The device, where an ErrorMessage names it.")),
                ("devicePath", described("The device, where an ErrorMessage names it.")),
            ]
        case .agent:
            data.append(("notificationType", described("What happened.")))
        }
        data.append(("errorMessage", described("What an ErrorMessage says, if it says anything.")))
        data.append(("metrics", described("When GWS made the message, and how long it took.")))
        return object(
            "\(subject.title) event",
            "The notification exactly as GWS delivered it; or in the same shape what was read, then without what only GWS "
                + "can say of a change: phoneNumber, extensions, metrics.",
            required: [],
            isOpen: true,
            [
                ("data", ["description": "The notification.", "properties": .object(data)]),
                ("channel", described("Where GWS published it.", like: "/v2/me/calls")),
            ])
    }

    private static var call: JSONDocument {
        [
            "description": "The call as this agent has it.",
            "type": "object",
            "properties": .object([
                ("id", value("string", "Opaque.", examples: [.string(exampleCall)])),
                (
                    "state",
                    described("", examples: ["Dialing", "Ringing", "Established", "Held", "Released"])
                ),
                ("callType", described("", examples: ["Internal", "Inbound", "Outbound", "Consult"])),
                ("capabilities", described("The operations that may be sent now.")),
                ("participants", described("The other parties: objects, or texts in old versions of GWS.")),
                ("dnis", described("The number that was dialled.")),
                ("ani", described("The number that calls, of external calls.")),
                ("userData", described("The call's data; absent when there is none.")),
                ("mute", described("Whether the agent is muted.", examples: ["On", "Off"])),
                ("recordingState", described("", examples: ["Recording", "Paused", "Stopped"])),
                ("parentCallUri", described("Of a consult call: the call that it is about.")),
            ]),
        ]
    }

    private static let notificationTypes = [
        "StatusChange", "ParticipantsUpdated", "AttachedDataChanged", "CallRecordingStateChange", "DtmfSent",
        "MonitoredUserMutedStateChange",
    ]

    private static func messageTypes(of subject: EventSubject) -> [String] {
        switch subject {
        case .call: ["CallStateChangeMessage", "ErrorMessage"]
        case .device: ["DeviceStateChangeMessage", "ErrorMessage"]
        case .agent: ["ErrorMessage", "ServiceStateChangeMessage"]
        }
    }

    private static func described(_ text: String, like example: String) -> JSONDocument {
        described(text, examples: [.string(example)])
    }

    /// Of whatever type.
    private static func described(_ text: String, examples: JSONDocument? = nil) -> JSONDocument {
        let description: JSONDocument = text.isEmpty ? [:] : ["description": .string(text)]
        return examples.map { description + ["examples": $0] } ?? description
    }
}
