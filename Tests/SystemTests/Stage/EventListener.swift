import AMQP
import NIOConcurrencyHelpers

/// Who hears all events: keeps them in the order in which they came, and knows how the calls stand by them.
final class EventListener: Sendable {
    private struct State {
        var events: [HeardEvent] = []
        var illegible: [String] = []
        var picture = CallPicture()
    }

    private let state = NIOLockedValueBox(State())

    func take(_ message: AMQPMessage) {
        state.withLockedValue { state in
            guard let event = try? HeardEvent(message) else {
                return state.illegible.append("\(message.routingKey) \(message.text)")
            }
            state.events.append(event)
            state.picture.apply(event)
        }
    }

    var count: Int { state.withLockedValue(\.events.count) }
    var events: [HeardEvent] { state.withLockedValue(\.events) }
    /// What is not as the contract says.
    var illegible: [String] { state.withLockedValue(\.illegible) }
    var picture: CallPicture { state.withLockedValue(\.picture) }
}
