package import AMQP

/// A command that got no answer from GWS, put aside with the reason: the body untouched, properties and headers kept.
///
/// The broker's notes of a command's deaths are not: a letter with such notes is one that the broker put there itself
/// (``Letter``), and a producer that wrote them must not have its command pass for one.
package struct DeadLetter: Sendable {
    /// Bytes of headers that a dead letter may have. RabbitMQ's frames hold 128 KiB and the other properties want room
    /// too.
    package static let largestHeaders = 64 * 1024

    /// All headers that may be added, which a replay takes away again.
    static let added: Set<String> = [
        "gws-outcome", "gws-command-id", "gws-attempts", "gws-first-failed-at", "gws-replay-count",
        "gws-reason", "gws-detail", "gws-http-status", "gws-status-code", "gws-status-message",
        "gws-user-id", "gws-expiration", "gws-cc",
        "x-exception-message", "x-original-exchange", "x-original-routingKey",
    ]

    package let message: AMQPMessage
    /// The same without the command's own properties and headers, should those be what cannot be sent.
    package let bare: AMQPMessage

    /// - Parameters:
    ///   - original: the command as it came.
    ///   - verdict: the outcome that sent it here.
    ///   - at: Unix milliseconds.
    package init(_ original: AMQPMessage, envelope: Envelope, verdict: Verdict, names: Names, at: Int64) {
        let outcome = verdict.outcome
        var added: FieldTable = [
            "gws-outcome": .string(outcome.kind.rawValue),
            "gws-command-id": .string(envelope.id),
            "gws-attempts": .int64(Int64(verdict.attempts)),
            "gws-first-failed-at": .int64(verdict.firstFailedAt ?? at),
            "gws-replay-count": .int64(ReplayedCommand.count(of: original.properties.headers)),
            "x-exception-message": .string(outcome.detail ?? outcome.kind.rawValue),
            "x-original-exchange": .string(original.exchange),
            "x-original-routingKey": .string(original.routingKey),
        ]
        added["gws-reason"] = outcome.reason.map(FieldValue.string)
        added["gws-detail"] = outcome.detail.map(FieldValue.string)
        added["gws-http-status"] = outcome.httpStatus.map { .int64(Int64($0)) }
        added["gws-status-code"] = outcome.statusCode.map { .int64(Int64($0)) }
        added["gws-status-message"] = outcome.statusMessage.map(FieldValue.string)

        var properties = original.properties
        var kept = original.properties.headers
        // A foreign user id closes the channel, and the other two would act again on the copy: they only tell here.
        added["gws-user-id"] = properties.userID.map(FieldValue.string)
        added["gws-expiration"] = (properties.expiration ?? kept.originalExpiration).map(FieldValue.string)
        added["gws-cc"] = kept["CC"]
        properties.userID = nil
        properties.expiration = nil
        for name in ["CC", "BCC"] + added.map(\.key) + kept.map(\.key).filter(Undelivered.isNote) {
            kept[name] = nil
        }

        properties.deliveryMode = 2
        properties.dropOverlong()
        properties.headers = Self.fitting(kept, beside: added)
        message = AMQPMessage(
            exchange: names.deadLetters,
            routingKey: "\(outcome.kind.rawValue).\(outcome.reason ?? "-")",
            isMandatory: true,
            properties: properties,
            body: original.body
        )
        var bare = message
        // As long as a producer likes.
        added["gws-cc"] = nil
        bare.properties = Properties(headers: added, deliveryMode: 2)
        self.bare = bare
    }

    /// All headers where they fit, else without the largest of the command's own.
    private static func fitting(_ kept: FieldTable, beside added: FieldTable) -> FieldTable {
        // What has no size cannot be sent at all, wherever it came from.
        var sized = kept.compactMap { header in
            header.value.encodedSize.map { (header.key, header.value, $0) }
        }
        var total = (added.encodedSize ?? 0) + sized.reduce(0) { $0 + $1.2 + $1.0.utf8.count + 1 }
        while total > largestHeaders, let largest = sized.indices.max(by: { sized[$0].2 < sized[$1].2 }) {
            let header = sized.remove(at: largest)
            total -= header.2 + header.0.utf8.count + 1
        }
        return FieldTable(sized.map { ($0.0, $0.1) } + added.map { ($0.key, $0.value) })
    }
}

extension FieldTable {
    /// What the broker took off a message that it let expire. What is longer than it can have been a producer wrote.
    fileprivate var originalExpiration: String? {
        let noted = self["x-death"]?.array?.first?.table?["original-expiration"]?.string
        return noted.flatMap { $0.utf8.count <= RoutingKey.longest ? $0 : nil }
    }
}
