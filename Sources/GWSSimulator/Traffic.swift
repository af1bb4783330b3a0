/// Calls that come by themselves: they ring at an agent who has none, are answered, talk and end.
public struct Traffic: Sendable, Hashable {
    /// Calls that begin per second; none if 0.
    public var callsPerSecond: Double
    /// How long a call rings before the agent's telephone takes it, unless a client was faster; nil: never.
    public var answerAfter: Duration?
    /// How long a call lasts after it has begun to ring, unless a client ends it earlier.
    public var endAfter: Duration
    /// No more calls than this at a time; as many as there are agents if nil.
    public var limit: Int?

    public init(
        callsPerSecond: Double, answerAfter: Duration? = .seconds(2), endAfter: Duration = .seconds(10),
        limit: Int? = nil
    ) {
        self.callsPerSecond = callsPerSecond
        self.answerAfter = answerAfter
        self.endAfter = endAfter
        self.limit = limit
    }

    public static let none = Traffic(callsPerSecond: 0)
}

extension Simulator {
    /// Keeps calls coming until cancelled.
    func keepCallsComing(_ traffic: Traffic) async {
        guard traffic.callsPerSecond > 0 else { return }
        await withDiscardingTaskGroup { group in
            let clock = ContinuousClock()
            let interval = Duration.seconds(1 / traffic.callsPerSecond)
            var next = clock.now
            var begun = 0
            while !Task.isCancelled {
                // A beat that came too late is made up for, but not a whole backlog of them.
                next = max(next + interval, clock.now - .seconds(1))
                guard (try? await clock.sleep(until: next)) != nil else { return }
                guard runningTraffic < min(traffic.limit ?? .max, roster.names.count),
                    let agent = agentWithoutCall(startingAt: begun)
                else {
                    continue
                }
                begun += 1
                let caller = "+4930" + String(1_000_000 + begun % 9_000_000)
                // It cannot fail: the agent was just looked up.
                guard let call = try? ring(agent: agent, from: caller) else { continue }
                runningTraffic += 1
                group.addTask { await self.play(call, of: agent, traffic) }
            }
        }
    }

    private func play(_ call: String, of agent: String, _ traffic: Traffic) async {
        var rest = traffic.endAfter
        if let answerAfter = traffic.answerAfter, answerAfter < rest {
            try? await Task.sleep(for: answerAfter)
            rest -= answerAfter
            // A call that is over by now cannot be answered.
            try? answer(call: call, party: agent)
        }
        try? await Task.sleep(for: rest)
        end(call: call)
        runningTraffic -= 1
    }

    /// Looks at every agent at most once, and at one if most are free.
    private func agentWithoutCall(startingAt offset: Int) -> String? {
        guard !roster.names.isEmpty else { return nil }
        for step in roster.names.indices {
            let name = roster.names[(offset + step) % roster.names.count]
            if !switchboard.hasCalls(name) { return name }
        }
        return nil
    }
}
