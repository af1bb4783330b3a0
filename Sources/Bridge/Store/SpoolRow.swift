/// An event as the spool keeps it: its message is encoded.
struct SpoolRow: Sendable, Hashable {
    /// Rows are numbered as they come.
    var number: Int64
    let agent: String
    let place: Continuity.Place
    /// When it came, Unix milliseconds.
    let at: Int64
    /// Unix milliseconds: of what happened before nothing is lost with it.
    let since: Int64
    let message: [UInt8]
    /// Notifications of the agent that are withheld no longer, up to this.
    let releases: WithheldNotification.ID?

    var bytes: Int { message.count }

    var short: SpoolPlace {
        SpoolPlace(
            number: number, agent: agent, epoch: place.epoch, sequence: place.sequence, at: at,
            since: since, bytes: bytes)
    }

    init(
        number: Int64, agent: String, place: Continuity.Place, at: Int64, since: Int64, message: [UInt8],
        releases: WithheldNotification.ID? = nil
    ) {
        self.number = number
        self.agent = agent
        self.place = place
        self.at = at
        self.since = since
        self.message = message
        self.releases = releases
    }

    init(_ event: SpooledEvent) {
        self.init(
            number: 0, agent: event.agent, place: event.place, at: event.at, since: event.since,
            message: SpoolEncoder.encode(event.message), releases: event.releases)
    }

    /// - Throws: ``SpoolDecodingError`` where the message is damaged.
    func event() throws(SpoolDecodingError) -> SpooledEvent {
        SpooledEvent(
            agent: agent, place: place, at: at, since: since, message: try SpoolDecoder.decode(message))
    }
}
