import RawJSON

/// What a StartContactCenterSession came to.
public enum ContactCenterStart: Sendable, Hashable {
    case done
    /// The voice channel is open, and others are not; what GWS says of those.
    case doneForVoice(detail: String)
    /// The agent is not logged in, at least not for voice.
    case failed(Outcome)

    /// GWS answers with a single failure if all channels failed, and with both lists if some did (observed with 8.5.202).
    init(_ outcome: Outcome, body: [UInt8]) {
        switch outcome.kind {
        case .accepted: self = .done
        case .refused(.partial):
            // It was legible: its statusCode was read.
            let answer = try? RawJSON(body, limits: .gws)
            let failures = Self.failures(in: answer)
            let succeeded = answer?["succeeded"]?.elements.compactMap { $0["channel"]?.string } ?? []
            guard succeeded.contains("voice") else {
                var outcome = outcome
                outcome.detail =
                    "the voice channel was not opened" + (failures.isEmpty ? "" : ": \(failures)")
                self = .failed(outcome)
                return
            }
            self = .doneForVoice(detail: failures)
        default: self = .failed(outcome)
        }
    }

    private static func failures(in answer: RawJSON?) -> String {
        let failed = answer?["failed"]?.elements.prefix(10).map { entry in
            let channel = entry["channel"]?.string ?? "?"
            let message = entry["statusMessage"]?.string ?? "no message"
            return "\(channel.prefix(50)): \(message.prefix(200))"
        }
        return failed?.joined(separator: "; ") ?? ""
    }
}
