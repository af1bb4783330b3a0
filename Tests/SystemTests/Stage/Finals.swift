import AMQP
import Bridge
import NIOConcurrencyHelpers
import RawJSON

/// The final outcomes that came, by command. The same one may come twice, byte for byte; another one may not.
final class Finals: Sendable {
    struct Word: Sendable, Hashable, CustomStringConvertible {
        let outcome: String
        let reason: String?
        let isAlready: Bool
        /// All that was said.
        let text: String

        /// Under which it is put aside; nil where GWS answered.
        var deadLetterKey: String? {
            guard CommandOutcome.Kind(rawValue: outcome)?.isDeadLettered == true else { return nil }
            return "\(outcome).\(reason ?? "-")"
        }

        var description: String {
            [outcome, reason, isAlready ? "already" : nil].compactMap(\.self).joined(separator: " ")
        }
    }

    private let times = NIOLockedValueBox<[String: ContinuousClock.Instant]>([:])
    private let words = NIOLockedValueBox<[String: Set<Word>]>([:])

    /// How many commands have ended.
    var count: Int { words.withLockedValue(\.count) }

    var all: [String: Set<Word>] { words.withLockedValue(\.self) }

    /// When a command's came first.
    func heardAt(_ id: String) -> ContinuousClock.Instant? { times.withLockedValue { $0[id] } }

    func add(_ message: AMQPMessage) {
        guard let json = try? RawJSON(message.body), json["final"]?.bool == true,
            let id = json["commandId"]?.string
        else { return }  // What it says is checked against the schema elsewhere.
        let word = Word(
            outcome: json["outcome"]?.string ?? "", reason: json["reason"]?.string,
            isAlready: json["already"]?.bool ?? false, text: message.text)
        times.withLockedValue { $0[id] = $0[id] ?? .now }
        words.withLockedValue { _ = $0[id, default: []].insert(word) }
    }
}
