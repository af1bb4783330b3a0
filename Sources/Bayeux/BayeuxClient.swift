/// Carries out over a transport what a `BayeuxSession` decides. One request is in flight at a time, always.
///
/// It belongs to one actor, whose isolation it runs on. It never tries again: `run` ends with what went wrong, and goes
/// on from there when it is called once more.
public final class BayeuxClient {
    public private(set) var session: BayeuxSession

    public init(subscriptions: [String], offersAcknowledgement: Bool) {
        session = BayeuxSession(subscriptions: subscriptions, offersAcknowledgement: offersAcknowledgement)
    }

    /// Runs the conversation until it breaks. An event is handled before the next request is sent; one whose handling
    /// failed is handled once more by the next run.
    ///
    /// - Throws: `BayeuxError`, what the transport threw, or what `handle` threw.
    public func run(
        over transport: some BayeuxTransport, _ handle: (BayeuxSession.Event) async throws -> Void
    ) async throws {
        session.resume()
        try await handleEvents(handle)
        while true {
            let request = session.next()
            if request.pause > .zero { try await transport.pause(for: request.pause) }
            let answer: [UInt8]
            let sent = ContinuousClock.now
            do {
                answer = try await transport.send(request)
            } catch {
                let known = error as? any BayeuxTransportError
                if known?.mayHaveBeenReceived ?? true {
                    session.lose(request, isIllegible: known?.isIllegibleAnswer ?? false)
                }
                throw error
            }
            let failure = session.receive(answer, to: request, after: .now - sent)
            try await handleEvents(handle)
            if let failure { throw failure }
        }
    }

    /// Leaves the server, where there is something to leave. The next run begins anew.
    public func disconnect(over transport: some BayeuxTransport) async throws {
        guard let request = session.disconnect() else { return }
        _ = try await transport.send(request)
    }

    /// Forgets the client id; the next run begins anew.
    public func startAnew(because reason: BayeuxSession.StartReason) {
        session.startAnew(because: reason)
    }

    private func handleEvents(_ handle: (BayeuxSession.Event) async throws -> Void) async throws {
        while let event = session.event {
            try await handle(event)
            session.handled()
        }
    }
}
