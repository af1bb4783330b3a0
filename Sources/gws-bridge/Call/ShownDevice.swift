import RawJSON

/// A device of an agent as it was last heard of, in the words of GWS.
struct ShownDevice: Sendable, Hashable {
    let id: String
    let number: String?
    let userState: String?
    let doesNotDisturb: Bool
    let forwardTo: String?
    let supervision: String?

    init?(_ device: RawJSON) {
        guard let id = device["id"]?.string, !id.isEmpty else { return nil }
        self.id = id.bounded(to: 100)
        let text = { (value: RawJSON?) in
            value?.string.flatMap { $0.isEmpty ? nil : $0.bounded(to: 40) }
        }
        number = text(device["phoneNumber"])
        let state = device["userState"]
        // A login is told of without a display name (observed with 8.5.202).
        userState = text(state?["displayName"]) ?? text(state?["state"])
        doesNotDisturb = device["doNotDisturb"]?.string == "On"
        forwardTo = text(device["forwardTo"])
        supervision = text(device["supervisorMonitoringState"]?["state"])
    }

    var text: String {
        [
            number, userState, doesNotDisturb ? "do not disturb" : nil, forwardTo.map { "forwards to \($0)" },
            supervision,
        ]
        .compactMap { $0 }.joined(separator: ", ")
    }
}
