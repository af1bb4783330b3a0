internal import RawJSON

extension Verdict {
    /// As it is kept: what its message says, and what only the bridge needs to know.
    package var json: [UInt8] {
        var text = JSONText()
        write(to: &text)
        if !isFinal { text.add("finishedAfterMs", finishedAfter) }
        text.add("firstFailedAt", firstFailedAt)
        text.add("deviceId", deviceID)
        return text.closed
    }

    /// Reads what ``json`` wrote; nil if it is something else.
    package init?(json: [UInt8]) {
        // We wrote it: nothing stands in it twice.
        guard let json = try? RawJSON(json, limits: RawJSON.Limits(allowsDuplicateKeys: true)),
            let kind = json["outcome"]?.string.flatMap(CommandOutcome.Kind.init),
            let isFinal = json["final"]?.bool, let attempts = json["attempts"]?.int
        else { return nil }
        let outcome = CommandOutcome(
            kind, reason: json["reason"]?.string, detail: json["detail"]?.string,
            field: json["field"]?.string,
            httpStatus: json["httpStatus"]?.int, statusCode: json["statusCode"]?.int,
            statusMessage: json["statusMessage"]?.string, confirmation: CommandOutcome.Confirmation(json),
            lastSeen: json["lastSeen"].map(CommandOutcome.CallGlimpse.init(ofCall:)))
        self.init(
            outcome, isFinal: isFinal, attempts: attempts, acceptedAfter: json["acceptedAfterMs"]?.int64,
            finishedAfter: json["finishedAfterMs"]?.int64 ?? 0, firstFailedAt: json["firstFailedAt"]?.int64,
            deviceID: json["deviceId"]?.string)
    }
}

extension CommandOutcome.Confirmation {
    fileprivate init?(_ verdict: RawJSON) {
        guard let confirmedBy = verdict["confirmedBy"], let by = confirmedBy["by"]?.string else { return nil }
        let already = verdict["already"]?.bool ?? false
        switch (by, confirmedBy["messageId"]?.string) {
        case ("event", let messageID?):
            let type = confirmedBy["notificationType"]?.string
            self.init(.event(messageID: messageID, notificationType: type), already: already)
        case ("reading", _): self.init(.reading, already: already)
        default: return nil
        }
    }
}

extension RawJSON {
    fileprivate var int64: Int64? { int.map(Int64.init) }
}
