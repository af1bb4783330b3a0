import GWS

/// What is missing without the back ends that GWS has no connection to. Pure.
enum BackEndAdvice {
    static func finding(_ backEnds: [BackEnd]?) -> Finding {
        let name = "gws services"
        guard let backEnds, !backEnds.isEmpty else {
            return Finding(name, .ok, "GWS does not tell its services")
        }
        let missing = backEnds.filter { !$0.isActive }.map(\.type)
        let message = backEnds.map { "\($0.type) \($0.isActive ? "active" : "inactive")" }.joined(
            separator: ", ")
        guard missing.contains("Voice") else { return Finding(name, .ok, message) }
        return Finding(
            name, .failure, "\(message): GWS will take no operation on calls and devices",
            remedy: "See whether GWS's Voice service is connected to T-Server or SIP Server.")
    }
}
