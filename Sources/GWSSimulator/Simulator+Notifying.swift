struct DelayedNotification: Sendable {
    let notification: EmittedNotification
    let due: ContinuousClock.Instant
}

extension Simulator {
    /// Keeps the agents' lists of calls, and tells each what the call has become for it.
    func carryOut(_ effects: [CallModel.Effect], of id: String) {
        guard let call = calls[id] else { return }
        for effect in effects { tell(effect, of: call) }
        if configuration.recordingChangesUserData {
            for effect in effects where effect.type == .recordingStateChange {
                tell(CallModel.Effect(agent: effect.agent, type: .attachedDataChanged), of: call)
            }
        }
        if call.isOver { calls[id] = nil }
    }

    private func tell(_ effect: CallModel.Effect, of call: CallModel) {
        guard let agent = agents[effect.agent], let party = call.party(of: effect.agent),
            let resource = resource(call, for: agent)
        else { return }
        if party.state == .released {
            agents[effect.agent]!.calls.removeAll { $0 == call.id }
        } else if !agent.calls.contains(call.id) {
            agents[effect.agent]!.calls.append(call.id)
        }
        var data: [JSON.Member] = [
            .init("notificationType", .string(effect.type.rawValue)),
            .init("call", resource),
            .init("phoneNumber", .string(agent.phoneNumber)),
        ]
        if let extensions = call.extensions(for: party, type: effect.type) {
            data.append(.init("extensions", extensions))
        }
        data.append(.init("messageType", "CallStateChangeMessage"))
        if configuration.sendsMetrics { data.append(.init("metrics", Self.metrics(at: Timestamp.now))) }
        emit(
            JSON.object(data).serialized, on: "/v2/me/calls", to: effect.agent, callID: call.id,
            type: effect.type.rawValue)
    }

    static func metrics(at time: Int64, processingTime: Int = .random(in: 1...5)) -> JSON {
        [
            "eventProcessing": [
                "nodeProcessingTimeNanos": .int(Int.random(in: 100_000...900_000)),
                "serverGenerationTimestamp": .int(time),
                "serverProcessingTimeTotalMs": .int(processingTime),
            ]
        ]
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
