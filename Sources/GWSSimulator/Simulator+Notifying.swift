struct DelayedNotification: Sendable {
    let notification: EmittedNotification
    let due: ContinuousClock.Instant
}

extension Simulator {
    /// None where notifications carry none.
    func metrics(
        at time: Int64 = Timestamp.now, processingTime: Int = .random(in: 1...5)
    ) -> [JSON.Member] {
        guard configuration.sendsMetrics else { return [] }
        let processing: JSON = [
            "nodeProcessingTimeNanos": .int(Int.random(in: 100_000...900_000)),
            "serverGenerationTimestamp": .int(time),
            "serverProcessingTimeTotalMs": .int(processingTime),
        ]
        return [.init("metrics", ["eventProcessing": processing])]
    }

    /// What follows from an operation, or from what happened at a telephone.
    func tell(
        _ agent: String, _ data: [JSON.Member], on channel: String, callID: String? = nil, type: String
    ) {
        guard !isSwitchFailing, !isMute else { return }
        emit(JSON.object(data).serialized, on: channel, to: agent, callID: callID, type: type)
    }

    /// Writes it into the journal and sends it, at once or after the configured delay.
    @discardableResult
    func emit(_ data: String, on channel: String, to agent: String, callID: String?, type: String?)
        -> EmittedNotification
    {
        let notification = journal.emitted(
            agent: agent, channel: channel, callID: callID, type: type, data: data)
        let delay = configuration.notificationDelay + eventDelay
        if delay > .zero || delayedCount > 0 {
            delayedCount += 1
            delayed.continuation.yield(.init(notification: notification, due: .now + delay))
        } else {
            send(notification)
        }
        return notification
    }

    private func send(_ notification: EmittedNotification) {
        let clients = cometD.deliver(notification.message, on: notification.channel, to: notification.agent)
        for client in clients { wake(client, .news) }
    }

    func keepDelivering() async {
        for await next in delayed.stream {
            guard (try? await Task.sleep(until: next.due, clock: .continuous)) != nil else { return }
            delayedCount -= 1
            send(next.notification)
        }
    }
}
