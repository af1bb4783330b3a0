import AMQP
import Bridge

extension Names {
    static let sample = Names(prefix: "gws", version: "1.2.3")
}

extension Envelope {
    /// Arrived at 1000 s, with a lifetime of a minute.
    static func sample(
        _ properties: Properties = Properties(messageID: "c1"), madeUpID: String = "made-up",
        address: Address = Address()
    ) -> Envelope {
        var envelope = Envelope(
            properties, arrivedAt: 1_000_000, arrival: .now, lifetime: 60_000, madeUpID: madeUpID)
        envelope.address = address
        return envelope
    }
}

extension AMQPMessage {
    var text: String { String(decoding: body, as: UTF8.self) }
}
