package import AMQP

extension LedgerEntry {
    /// What another process told of a command.
    ///
    /// - Parameters:
    ///   - process: this one, whose own outcomes are in the ledger already.
    ///   - now: Unix milliseconds.
    /// - Returns: nil where it is of this process, or of none that says which.
    package init?(outcome message: AMQPMessage, besides process: String, at now: Int64) {
        let headers = message.properties.headers
        guard let teller = headers["gws-process"]?.string, teller != process,
            let id = headers["gws-command-id"]?.string, let verdict = Verdict(json: message.body)
        else { return nil }
        self.init(
            id: id, stage: verdict.isFinal ? .told : .accepted,
            arrivedAt: now - max(verdict.isFinal ? verdict.finishedAfter : verdict.acceptedAfter ?? 0, 0),
            attempts: verdict.attempts, acceptedAt: verdict.isFinal ? nil : now,
            verdict: verdict.isFinal ? verdict : nil)
    }
}
