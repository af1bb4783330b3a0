internal import GWS

/// The states that sessions are counted and shown by.
enum SessionState: String, CaseIterable {
    case idle, starting, polling, renewing, failed

    init(_ phase: SessionStatus.Phase) {
        switch phase {
        case .idle: self = .idle
        case .starting: self = .starting
        case .polling: self = .polling
        case .renewing: self = .renewing
        case .failed: self = .failed
        }
    }
}
