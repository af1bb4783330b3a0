/// An argument that a queue or an exchange has otherwise than the bridge wants it, in the broker's words: it tells the
/// first that it finds. Pure.
///
/// `inequivalent arg 'x-delivery-limit' for queue 'q' in vhost '/': received the value '10' of type 'signedint' but
/// current is the value '-1' of type 'signedint'`
struct QueueDifference: Sendable, Hashable {
    let argument: String
    /// Nil where the bridge wants none.
    let wanted: String?
    /// Nil where it has none.
    let current: String?

    init?(_ text: String) {
        guard let match = text.firstMatch(of: /inequivalent arg '([^']+)'/) else { return nil }
        argument = String(match.1)
        wanted = text.firstMatch(of: /received (?:the value )?'([^']*)'/).map { String($0.1) }
        current = text.firstMatch(of: /but current is (?:the value )?'([^']*)'/).map { String($0.1) }
    }

    /// What it does to commands where somebody else declared the queue.
    func finding(_ name: String, on version: BrokerVersion?) -> Finding {
        let message = "has \(argument) \(current ?? "not set")"
        let again = "Have it deleted once it is empty, and declared again"
        switch (argument, current) {
        case ("x-delivery-limit", "-1"?) where version?.losesWithoutLimit ?? true:
            return Finding(
                name, .failure, "\(message): on this version a command is lost when it is first given back",
                remedy: "\(again) with a positive x-delivery-limit.")
        case ("x-delivery-limit", "-1"?):
            return Finding(
                name, .warning, "\(message): a command that crashes its consumers circles for ever",
                remedy: "\(again) with a positive x-delivery-limit.")
        case ("x-delivery-limit", nil) where version?.hasDeliveryLimit != true:
            return Finding(
                name, .warning,
                "\(message): a command that is given back goes behind later ones of its call, and one that crashes "
                    + "its consumers circles for ever",
                remedy: "\(again) with a positive x-delivery-limit.")
        case ("x-dead-letter-exchange", _) where wanted != nil:
            return Finding(
                name, .failure, "\(message): commands that expire or are given up get no outcome",
                remedy: "\(again) with the x-dead-letter-exchange that the bridge wants.")
        case ("alternate-exchange", nil):
            return Finding(
                name, .failure, "\(message): messages that no queue is bound for are dropped unseen",
                remedy:
                    "Have it declared again with the alternate-exchange that the bridge wants, or set a policy."
            )
        case ("x-single-active-consumer", _):
            return Finding(
                name, .failure,
                "\(message): two bridges would work at the commands of one call at the same time",
                remedy: "\(again) with x-single-active-consumer.")
        default:
            return Finding(
                name, .warning, "\(message), which is not what the bridge would declare",
                remedy:
                    "See whether that is meant; \(again.prefix(1).lowercased() + again.dropFirst()) if not.")
        }
    }
}
