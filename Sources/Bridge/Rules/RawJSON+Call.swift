package import RawJSON

// What is to be known of a call as GWS gives it.
extension RawJSON {
    package var isConsult: Bool { self["callType"]?.string == "Consult" || self["parentCallUri"] != nil }

    package var isOver: Bool { self["state"]?.string == "Released" }

    /// The call that a consult call belongs to.
    package var parentCallID: String? {
        (self["parentCallUri"] ?? self["parentCallPath"])?.string?.split(separator: "/").last.map(String.init)
    }

    /// Whether the number was dialed, or is that of one who takes part.
    package func hasParty(_ number: String) -> Bool {
        if self["dnis"]?.string == number { return true }
        return self["participants"]?.elements.contains { party in
            [party, party["phoneNumber"], party["digits"]].contains { $0?.string == number }
        } ?? false
    }

    /// Whole seconds since it reached the agent.
    package var age: Int64? {
        self["duration"].flatMap { $0.string.flatMap { Int64($0) } ?? $0.int.map(Int64.init) }
    }
}

extension CommandOutcome.CallGlimpse {
    package init(ofCall call: RawJSON) {
        self.init(
            state: call["state"]?.string, recordingState: call["recordingState"]?.string,
            capabilities: call["capabilities"].map { $0.elements.prefix(50).compactMap(\.string) })
    }
}
