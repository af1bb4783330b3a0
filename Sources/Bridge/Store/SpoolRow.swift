/// An event as the spool keeps it: its message is encoded.
struct SpoolRow: Sendable, Hashable {
    /// Rows are numbered as they come.
    var number: Int64
    let agent: String
    let place: Continuity.Place
    /// When it came, Unix milliseconds.
    let at: Int64
    let message: [UInt8]

    var bytes: Int { message.count }

    var short: SpoolPlace {
        SpoolPlace(
            number: number, agent: agent, epoch: place.epoch, sequence: place.sequence, at: at, bytes: bytes)
    }

    init(number: Int64, agent: String, place: Continuity.Place, at: Int64, message: [UInt8]) {
        self.number = number
        self.agent = agent
        self.place = place
        self.at = at
        self.message = message
    }

    init(_ event: SpooledEvent) {
        self.init(
            number: 0, agent: event.agent, place: event.place, at: event.at,
            message: SpoolEncoder.encode(event.message))
    }

    /// - Throws: ``SpoolDecodingError`` where the message is damaged.
    func event() throws(SpoolDecodingError) -> SpooledEvent {
        SpooledEvent(agent: agent, place: place, at: at, message: try SpoolDecoder.decode(message))
    }
}
