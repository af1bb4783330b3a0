import Bridge

/// What is known of the call that a letter is about.
enum CallState: Sendable, Hashable {
    /// It is there, or the command is about none.
    case live
    case over
    /// - Parameter reason: why GWS could not be asked, or did not say.
    case unknown(reason: String)

    /// Why a letter is not to be replayed; nil if it may.
    func objection(_ letter: Letter) -> String? {
        let call = letter.address.callID ?? ""
        switch self {
        case .live: return nil
        case .over: return "call \(call) is over; --force replays it all the same"
        case .unknown(let reason):
            return "whether call \(call) is over is not known: \(reason); --force replays it all the same"
        }
    }
}
