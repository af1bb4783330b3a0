internal import Logging
internal import Metrics
internal import NIOConcurrencyHelpers

// While GWS is down for an agent, the agent's commands wait together.
extension CommandDesk {
    /// Whether the command may go on just now.
    func mayRun(_ item: CommandCase) -> Bool {
        guard !breakers.isEmpty else { return true }
        // A pause that has been slept is over, though a millisecond may be missing to it.
        return breakers[item.command.agent]?.admit(item.number, now: max(UnixTime.steady(), sleptUntil))
            ?? true
    }

    func note(_ reach: Reach, of item: CommandCase) {
        let agent = item.command.agent
        switch reach {
        case .notTried: releaseTrial(item)
        case .reached:
            guard let breaker = breakers.removeValue(forKey: agent), !breaker.isClosed else { return }
            set(agent, isUnreachable: false)
            logger.info("GWS takes an agent's commands again", metadata: [LogKeys.agent: "\(agent)"])
            lanes.reconsider()
            handOut()
        case .failed(let pause):
            var breaker = breakers[agent] ?? Breaker()
            let wasClosed = breaker.isClosed
            breaker.failed(item.number, now: UnixTime.steady(), pause: pause, jitter: .random(in: 0..<1))
            breakers[agent] = breaker
            guard let until = breaker.opensUntil else { return }
            schedule(.trial(agent: agent), at: until)
            guard wasClosed else { return }
            set(agent, isUnreachable: true)
            logger.warning(
                "GWS is not available to an agent's commands; they wait, and one is tried now and then",
                metadata: [LogKeys.agent: "\(agent)"])
        }
    }

    /// Where it was to try whether GWS is there again, another may.
    func releaseTrial(_ item: CommandCase) {
        let agent = item.command.agent
        guard breakers[agent]?.released(item.number, now: UnixTime.steady()) == true else { return }
        lanes.reconsider()
        schedule(.trial(agent: agent), at: UnixTime.steady())
    }

    /// The pause is over: one is tried. Where there is none, nobody can tell whether GWS is there, and none is held up.
    func letTry(_ agent: String, now: Int64) {
        guard let until = breakers[agent]?.opensUntil, until <= now else { return }
        let isMeant = { (item: CommandCase) in item.command.agent == agent }
        if lanes.waitingItems.contains(where: isMeant) || waiting.values.contains(where: isMeant) {
            lanes.reconsider()
        } else {
            breakers[agent] = nil
            set(agent, isUnreachable: false)
        }
    }

    private func set(_ agent: String, isUnreachable: Bool) {
        metrics.breakersOpen.set(
            unreachableAgents.withLockedValue { agents in
                if isUnreachable { agents.insert(agent) } else { agents.remove(agent) }
                return agents.count
            })
    }
}
