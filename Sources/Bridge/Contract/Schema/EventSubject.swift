/// What an event is about, and its routing key begins with.
enum EventSubject: String, Sendable, CaseIterable {
    case call, device, agent

    var title: String {
        switch self {
        case .call: "Call"
        case .device: "Device"
        case .agent: "Agent"
        }
    }

    /// With its article.
    var noun: String { self == .agent ? "an agent" : "a \(rawValue)" }

    /// The headers that only events about it have.
    var headers: [String] {
        switch self {
        case .call: ["gws-call-id", "gws-call-sequence"]
        case .device: ["gws-device-id"]
        case .agent: []
        }
    }
}
