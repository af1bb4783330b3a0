/// What a StartContactCenterSession came to.
public enum ContactCenterStart: Sendable, Hashable {
    case done
    /// The voice channel is open, and others are not; what GWS says of those.
    case doneForVoice(detail: String)
    /// The agent is not logged in, at least not for voice.
    case failed(Outcome)

    /// GWS answers with a single failure if all channels failed, and with both lists if some did (observed with
    /// 8.5.202).
    init(_ outcome: Outcome, body: [UInt8]) {
        switch outcome.kind {
        case .accepted: self = .done
        case .refused(.partial):
            let parts = GWSAnswer(body).parts
            let failures = parts?.failures.joined(separator: "; ") ?? ""
            guard parts?.successes.contains("voice") == true else {
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
}
