import Bayeux

/// Whether GWS's CometD offers what the bridge needs. Pure.
struct NotificationAdvice: Sendable {
    /// Whether `gws.acknowledge` is on.
    let acknowledge: Bool

    private static let name = "gws notifications"

    func finding(_ offer: BayeuxOffer) -> Finding {
        finding(offer.transports, acknowledges: offer.acknowledges)
    }

    func finding(_ transports: [String], acknowledges: Bool) -> Finding {
        let offered = transports.isEmpty ? "transports are not told" : transports.joined(separator: ", ")
        guard transports.isEmpty || transports.contains("long-polling") else {
            return Finding(
                Self.name, .failure, "CometD offers \(offered), and the bridge speaks long-polling only",
                remedy: "Have long-polling among the transports of GWS's CometD, or of the proxy before it.")
        }
        switch (acknowledges, acknowledge) {
        case (true, true): return Finding(Self.name, .ok, "\(offered); acknowledgement is offered")
        case (true, false):
            return Finding(
                Self.name, .warning,
                "\(offered); acknowledgement is offered and not used: what is lost on the way is lost, and ends in a "
                    + "Gap",
                remedy: "Set gws.acknowledge to true.")
        case (false, _):
            return Finding(
                Self.name, .ok,
                "\(offered); acknowledgement is not offered: where an answer is lost on the way, a Gap tells so"
            )
        }
    }

    func finding(_ error: any Error) -> Finding {
        let isRefusal = if case .refused? = error as? BayeuxError { true } else { false }
        return Finding(
            Self.name, .failure, "CometD does not let the agent in: \(error)",
            remedy: isRefusal
                ? "See in GWS's log why it refuses the handshake of this agent."
                : "See whether a proxy at gws.url lets POSTs to /api/v2/notifications through.")
    }
}
