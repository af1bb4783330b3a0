import AMQP
import Bridge
import Foundation

/// The queue of dead letters, in the hands of one reader at a time.
///
/// To look at a letter is to have it delivered, and to give it back by closing the connection. A quorum queue (tried
/// with RabbitMQ 3.10) then puts all that a consumer held in front of what it never handed out, in the old order; but
/// behind what others gave back before, and messages rejected one by one come back in any order. So a reader takes the
/// whole queue in hand, whatever it wants of it, and rejects nothing.
struct DeadLetterQueue: Sendable {
    let broker: Broker
    let name: String
    /// How long to wait for somebody else to have looked.
    var patience: Duration = .seconds(30)
    /// What one consumer takes in hand at most. The next one begins when all of it has been read, which bounds what lies
    /// here unread; and only of a reader that is killed with more than this in hand may the order suffer.
    var mostInHand = 10_000
    let tell: @Sendable (String) -> Void

    /// Takes all letters in hand, and gives back what was not acknowledged when `body` has ended.
    ///
    /// - Parameter keep: what to keep of a letter; whatever is not kept takes no room.
    func withLetters<Kept: Sendable, Result>(
        keeping keep: @escaping @Sendable (Delivery) -> Kept?, _ body: ([Kept]) async throws -> Result
    ) async throws -> Result {
        do {
            return try await withTurn { turn, count in
                try await hold(count, turn, [], [], keep, body)
            }
        } catch let error as AMQPError {
            throw failure(error)
        }
    }

    // MARK: - Taking turns

    /// Whoever has declared this exclusive queue may look. Quorum queues know no exclusive consumers.
    private var lock: Queue { Queue(name: "\(name).lock", durable: false, exclusive: true, autoDelete: true) }

    private func withTurn<Result>(_ body: (AMQPConnection, Int) async throws -> Result) async throws -> Result
    {
        let end = ContinuousClock.now + patience
        var isTold = false
        while true {
            do {
                return try await AMQPConnection.withConnection(
                    to: broker, name: "gws-bridge dead-letters", logger: .silent
                ) { link in
                    _ = try await link.declare(lock)
                    return try await body(link, try await count(over: link, until: end, &isTold))
                }
            } catch AMQPError.channelClosed(405, _, _) where .now < end {
                try await pause(&isTold)
            } catch AMQPError.channelClosed(405, _, _) {
                throw isBusy
            }
        }
    }

    /// How many letters there are, none of them in anybody's hands.
    private func count(
        over link: AMQPConnection, until end: ContinuousClock.Instant, _ isTold: inout Bool
    ) async throws -> Int {
        while true {
            let status = try await link.declare(Queue(name: name), passively: true)
            if status.consumers == 0 { return status.messages }
            guard .now < end else { throw isBusy }
            try await pause(&isTold)
        }
    }

    private func pause(_ isTold: inout Bool) async throws {
        if !isTold { tell("somebody else is looking at the dead letters; waiting") }
        isTold = true
        // The broker tells nobody when a queue becomes free.
        try await Task.sleep(for: .milliseconds(100))
    }

    private var isBusy: CommandFailure {
        CommandFailure(
            .unavailable,
            "somebody else has had \(name) in hand for \(ConfigurationValue.text(patience)); try again later")
    }

    // MARK: - Holding

    /// As many consumers as it takes, a connection each.
    private func hold<Kept: Sendable, Result>(
        _ count: Int, _ turn: AMQPConnection, _ links: [AMQPConnection], _ kept: [Kept],
        _ keep: @escaping @Sendable (Delivery) -> Kept?, _ body: ([Kept]) async throws -> Result
    ) async throws -> Result {
        guard count > 0 else {
            let outcome = await Swift.Result.catching { try await body(kept) }
            try await giveBack(links, turn)
            return try outcome.get()
        }
        return try await AMQPConnection.withConnection(
            to: broker, name: "gws-bridge dead-letters", logger: .silent
        ) { link in
            let share = min(count, mostInHand)
            let more: [Kept]
            do {
                more = try await take(share, over: link, keep)
            } catch {
                // Of both failures it is the first that says what is wrong.
                try? await giveBack(links + [link], turn)
                throw error
            }
            return try await hold(count - share, turn, links + [link], kept + more, keep, body)
        }
    }

    private func take<Kept: Sendable>(
        _ count: Int, over link: AMQPConnection, _ keep: @escaping @Sendable (Delivery) -> Kept?
    ) async throws -> [Kept] {
        let deliveries = try await link.consume(name, prefetch: UInt16(clamping: count))
        let limit = broker.operationTimeout + .milliseconds(count)
        let kept = try await within(limit) {
            var kept: [Kept] = []
            var missing = count
            for try await batch in deliveries {
                kept += batch.compactMap(keep)
                missing -= batch.count
                if missing <= 0 { return kept }
            }
            throw AMQPError.closed
        }
        guard let kept else {
            throw CommandFailure(
                .unavailable,
                "the broker did not hand out all letters of \(name); somebody else may have some in hand. Try again."
            )
        }
        return kept
    }

    /// One after another, each when the letters of the one before are back: they would be mixed up.
    private func giveBack(_ links: [AMQPConnection], _ turn: AMQPConnection) async throws {
        for (number, link) in links.enumerated() {
            await link.close(within: broker.operationTimeout)
            let end = await link.ended()
            guard end == .closed else { throw end }
            let left = links.count - number - 1
            _ = try await within(broker.operationTimeout) {
                while try await turn.declare(Queue(name: name), passively: true).consumers > left {
                    // The broker tells nobody that a consumer has gone; it has when it confirms the closing, all but
                    // for what its queue does a moment later.
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
    }

    private func failure(_ error: AMQPError) -> CommandFailure {
        guard case .channelClosed(404, _, _) = error else {
            return CommandFailure(error, names: "\(name) and \(lock.name)")
        }
        return CommandFailure(
            .unavailable,
            "the queue \(name) is not there. Has a bridge been running, on the same broker and virtual host, with the "
                + "same prefix?")
    }
}

extension Result where Failure == any Error {
    fileprivate static func catching(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
