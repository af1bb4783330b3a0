import AMQP
import Bridge

/// A letter that was chosen, with the means to take it out of the queue.
struct LetterInHand: Sendable {
    let letter: Letter
    let delivery: Delivery

    /// Nil if it is not meant; then it takes no room.
    init?(_ delivery: Delivery, names: Names, filter: LetterFilter) {
        letter = Letter(delivery.message, names: names)
        guard filter.includes(letter) else { return nil }
        self.delivery = delivery
    }
}
