extension Fault {
    private static let actions = [
        "delay", "answer", "cut", "hang", "half", "device-not-registered", "voice-unavailable", "fail-later",
        "too-many-requests", "delay-up-to", "park", "ignore",
    ]

    /// `{"action":"answer","status":503,"answer":"…","moment":"before","method":"POST","times":3}`
    init(_ control: Control) throws {
        let seconds = try control.number("seconds", in: 0...86_400) ?? 1
        // No final answer has another, and some are no status at all.
        let status = try control.integer("status", in: 200...599) ?? 500
        let body = try control.text("answer") ?? ""
        let contentType = try control.text("contentType")
        let message = try control.text("message")
        let action: Action =
            switch try control.needed("action", of: Self.actions) {
            case "delay": .delay(.milliseconds(Int(seconds * 1000)))
            case "answer": .answer(status: status, body: body, contentType: contentType)
            case "cut": .cut
            case "hang": .hang
            case "half": .half
            case "device-not-registered": .deviceNotRegistered
            case "voice-unavailable": .voiceServiceUnavailable
            case "fail-later": .failLater(message: message)
            case "delay-up-to": .delayUpTo(.milliseconds(Int(seconds * 1000)))
            case "park": .park
            case "ignore": .ignore
            default: .tooManyRequests
            }
        // Only here null says something: for ever.
        let times: Int? =
            control.body["times"] == .null ? nil : try control.integer("times", in: 1...Int.max) ?? 1
        self.init(
            action, try control.text("moment", of: ["before", "after"]) == "after" ? .after : .before,
            method: try control.text("method"), path: try control.text("path"),
            agent: try control.text("agent"), body: try control.text("body"), times: times,
            probability: try control.number("probability", in: 0...1) ?? 1)
    }
}
