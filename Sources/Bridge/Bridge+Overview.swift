internal import AMQP
internal import GWS
internal import RawJSON

extension Bridge {
    /// How things stand just now. It looks at every session and call: a few milliseconds for a thousand agents.
    public func overview() async -> Overview {
        let (sessions, sessionCounts) = sessions.overview(atMost: Overview.longest)
        let (calls, callCount) = self.sessions.calls(atMost: Overview.longest)
        let (commands, commandCount) = await commands.overview(atMost: Overview.longest)
        let spooled = spool.status
        return Overview(
            readiness: readiness, sessions: sessions, sessionCounts: sessionCounts, calls: calls,
            callCount: callCount, commands: commands, commandCount: commandCount,
            unreachableAgents: self.commands.unreachableAgents,
            publishing: publisher.status.map {
                Overview.Publishing(blockedReason: $0.blockedReason, unconfirmed: $0.unconfirmed)
            },
            isConsuming: self.commands.isConsuming, spooledEvents: spooled.count,
            spoolAge: spooled.oldestAt.map { .milliseconds(max(UnixTime.now() - $0, 0)) })
    }
}

extension Sessions {
    func overview(atMost limit: Int) -> (sessions: [Overview.Session], counts: [String: Int]) {
        let now = ContinuousClock.now
        var counts: [String: Int] = [:]
        let all = served.map { agent in
            let status = agent.session.status
            let state = SessionState(status.phase).rawValue
            counts[state, default: 0] += 1
            return Overview.Session(
                agent: agent.configuration.name, state: state,
                pollAge: status.lastPollAnswered.map { now - $0 }, trouble: agent.trouble)
        }
        let sorted = all.sorted {
            ($0.trouble == nil ? 1 : 0, $0.agent) < ($1.trouble == nil ? 1 : 0, $1.agent)
        }
        return (Array(sorted.prefix(limit)), counts)
    }

    func calls(atMost limit: Int) -> (calls: [Overview.Call], count: Int) {
        var (calls, count): ([Overview.Call], Int) = ([], 0)
        for agent in served.sorted(by: { $0.configuration.name < $1.configuration.name }) {
            let name = agent.configuration.name
            let live = watch(of: name)?.liveCalls ?? []
            count += live.count
            calls += live.prefix(limit - calls.count).map { Overview.Call($0.call, id: $0.id, agent: name) }
        }
        return (calls, count)
    }
}

extension Overview.Call {
    fileprivate init(_ call: RawJSON, id: String, agent: String) {
        self.init(
            agent: agent, id: id, state: call["state"]?.string,
            recordingState: call["recordingState"]?.string, isConsult: call.isConsult,
            parties: call["participants"]?.elements.prefix(20)
                .compactMap { ($0["formattedPhoneNumber"] ?? $0["phoneNumber"] ?? $0).string } ?? [])
    }
}

extension CommandDesk {
    func overview(atMost limit: Int) -> (commands: [Overview.Command], count: Int) {
        let now = ContinuousClock.now
        let watching = Set(waiting.values.map(\.envelope.id))
        let queued = Set(lanes.waitingItems.map(\.envelope.id))
        let all = underWay.values.map { under in
            let envelope = under.request.envelope
            let address = envelope.address
            let stage: Overview.Command.Stage =
                if watching.contains(envelope.id) {
                    .watching
                } else if under.lane != nil {
                    .sending
                } else {
                    queued.contains(envelope.id) ? .waiting : .answering
                }
            return Overview.Command(
                id: envelope.id, agent: address.agent, callID: address.callID,
                operation: address.operationName, stage: stage, age: now - envelope.arrival)
        }
        return (Array(all.sorted { $0.age > $1.age }.prefix(limit)), all.count)
    }
}
