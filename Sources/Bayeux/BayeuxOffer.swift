/// What a server offers those who ask it: its answer to a handshake.
public struct BayeuxOffer: Sendable, Hashable {
    /// The ways to carry messages, as the server names them; empty where it names none.
    public let transports: [String]
    /// Whether it grants the acknowledgement extension.
    public let acknowledges: Bool
    let clientID: String

    /// - Throws: where the answer is none, or a refusal.
    init(_ answer: [UInt8]) throws(BayeuxError) {
        let channel = "/meta/handshake"
        guard let reply = try BayeuxMessage.messages(of: answer).first(where: { $0.channel == channel })
        else { throw .unanswered(channel: channel) }
        guard reply.isSuccessful, let clientID = reply.clientID else {
            throw .refused(channel: channel, error: reply.error)
        }
        self.clientID = clientID
        transports = reply.connectionTypes ?? []
        acknowledges = reply.grantedAcknowledgement != nil
    }

    /// Shakes hands and leaves again at once: nothing is subscribed and nothing polled, so that no message is taken
    /// from anybody.
    public static func ask(over transport: some BayeuxTransport) async throws -> BayeuxOffer {
        let offer = try BayeuxOffer(
            await transport.send(.handshake(id: 1, offersAcknowledgement: true)))
        // A session that could not be left ends by itself: nobody polls it.
        _ = try? await transport.send(.disconnect(id: 2, clientID: offer.clientID, from: []))
        return offer
    }
}
