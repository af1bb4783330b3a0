import RawJSON

/// A call as it was last heard of. What GWS's versions send differs: nothing but the id is needed, and everything is
/// shown as it came.
struct ShownCall: Sendable, Hashable {
    /// As commands need it, whatever stands in it.
    let id: String
    let state: String
    let type: String?
    let participants: [String]
    let dialled: String?
    let recording: String?
    let isMuted: Bool
    let capabilities: [String]
    let userData: String
    /// Of the event that told of it.
    let notification: String
    private let seconds: Int
    private let heardAt: ContinuousClock.Instant
    /// When it ended; it is still shown for a moment.
    private(set) var releasedAt: ContinuousClock.Instant?
    /// False where something may have been missed since.
    private(set) var isSure = true

    /// - Parameters:
    ///   - notification: The type of the event.
    ///   - now: When it came; the duration counts on from then.
    init?(_ call: RawJSON, notification: String, at now: ContinuousClock.Instant) {
        guard let id = call["id"]?.string, !id.isEmpty else { return nil }
        self.id = id
        self.notification = notification.bounded(to: 40)
        heardAt = now
        let text = { (key: String) in call[key]?.string.flatMap { $0.isEmpty ? nil : $0.bounded(to: 60) } }
        state = text("state") ?? "?"
        type = text("callType")
        dialled = text("dnis")
        recording = text("recordingState")
        isMuted = call["mute"]?.string == "On" || call["mute"]?.bool == true
        participants = Self.participants(of: call)
        capabilities = Self.capabilities(of: call)
        userData = Self.userData(of: call)
        let duration = call["duration"].flatMap { $0.int ?? $0.string.flatMap { Int($0) } } ?? 0
        seconds = min(max(0, duration), 1_000_000_000)
        releasedAt = state == "Released" ? now : nil
    }

    func duration(at now: ContinuousClock.Instant) -> Int {
        seconds + Int(max(.zero, (releasedAt ?? now) - heardAt).components.seconds)
    }

    mutating func release(at now: ContinuousClock.Instant) { releasedAt = releasedAt ?? now }

    mutating func doubt() { isSure = false }

    // MARK: - Reading

    private static let longestList = 64

    /// Objects, or plain strings beside which `participantsInfo` says more (GWS before 8.5.2).
    private static func participants(of call: RawJSON) -> [String] {
        let named = (call["participants"]?.elements).map { $0.prefix(longestList).compactMap(number) } ?? []
        guard named.isEmpty else { return named }
        return (call["participantsInfo"]?.elements).map { $0.prefix(longestList).compactMap(number) } ?? []
    }

    private static func number(of participant: RawJSON) -> String? {
        let keys = ["phoneNumber", "formattedPhoneNumber", "digits", "e164Number", "E164digits"]
        let texts = [participant.string] + keys.lazy.map { participant[$0]?.string }
        return texts.lazy.compactMap { $0 }.first { !$0.isEmpty }?.bounded(to: 40)
    }

    private static func capabilities(of call: RawJSON) -> [String] {
        var names: [String] = []
        guard let elements = call["capabilities"]?.elements else { return [] }
        for name in elements.prefix(longestList).compactMap(\.string) {
            // An operation has no longer name.
            if !name.isEmpty, name.utf8.count <= 100, !names.contains(name) { names.append(name) }
        }
        return names
    }

    private static func userData(of call: RawJSON) -> String {
        guard let userData = call["userData"] else { return "" }
        return userData.members.prefix(longestList).map { member in
            "\(member.key.bounded(to: 60))=\((member.value.string ?? member.value.description).bounded(to: 200))"
        }
        .joined(separator: "  ").bounded(to: 1_000)
    }
}
