internal import AMQP

// How commands go without an outcome: with a lost link, with one who may not go on, with the end of the time to stop.
extension CommandDesk {
    // MARK: - With the link

    /// A consumer has begun. Its deliveries are taken until it is closed.
    func open() -> Int {
        lastLink += 1
        link = lastLink
        return lastLink
    }

    /// The link was lost: what was not accepted and no worker has is given up, for it will be delivered again, and the
    /// ledger tells how far it had come. What GWS took is brought to its end, and so is all that was given by a queue that
    /// is there no more.
    func close(_ lost: Int) {
        guard link == lost else { return }
        link = nil
        giveUpWaiting(accepted: false) { !$0.queue.isDeleted }
        redeliveries.linkLost(
            nameless.filter { !$0.value.queue.isDeleted }.sorted { $0.key < $1.key }.map {
                (id: $0.value.envelope.id, $0.value.delivery.fingerprint)
            })
        nameless = [:]
        for id in underWay.keys { underWay[id]?.others.removeAll { !$0.queue.isDeleted } }
        // Some of these may have waited behind what was given up.
        handOut()
    }

    /// Whether commands are held that a shard's queue gave to this link.
    func holds(shard: Int) -> Bool {
        underWay.values.contains { under in
            under.request.link == link && under.request.shard == shard
                || under.others.contains { $0.link == link && $0.shard == shard }
        }
    }

    /// Another process serves these agents: what waits is left to it, and what GWS has taken, too. What a worker has is
    /// seen to by that.
    func leave(agents isMeant: (String) -> Bool) {
        let isMeant = { (item: CommandCase) in
            isMeant(item.command.agent) && !self.lastRequest(of: item).queue.isDeleted
        }
        for item in takeOut(ofLanes: isMeant, elsewhere: isMeant) { leave(item) }
        handOut()
    }

    /// Those that no worker has.
    ///
    /// - Parameter elsewhere: of those that wait for something else than their lane, or do so no more.
    private func takeOut(
        ofLanes isMeantThere: (CommandCase) -> Bool, elsewhere isMeant: (CommandCase) -> Bool
    ) -> [CommandCase] {
        var out = lanes.removeWaiting(where: isMeantThere)
        for item in waiting.values where isMeant(item) {
            waiting[item.number] = nil
            out.append(item)
        }
        out += resumed.filter(isMeant)
        resumed = resumed.filter { !isMeant($0) }[...]
        return out
    }

    private func leave(_ item: CommandCase) {
        let under = underWay[item.envelope.id]
        forget(item)
        giveBack(under)
    }

    /// - Parameter accepted: also what GWS has taken.
    func giveUpWaiting(accepted: Bool, where isMeant: (CommandRequest) -> Bool) {
        let items = takeOut(
            ofLanes: { isMeant(lastRequest(of: $0)) },
            elsewhere: { (accepted || !$0.course.isAccepted) && isMeant(lastRequest(of: $0)) })
        for item in items { forget(item) }
        answers =
            answers.filter { answer in
                switch answer {
                case .answer(let request, _, _), .reroute(let request, _):
                    guard isMeant(request) else { return true }
                    underWay[request.envelope.id] = nil
                case .duplicate(let request, _): return !isMeant(request)
                case .carryOn: break
                }
                return false
            }[...]
        report()
    }

    private func lastRequest(of item: CommandCase) -> CommandRequest {
        underWay[item.envelope.id]?.request ?? item.request
    }

    /// Its way ends here; a later delivery goes on.
    func forget(_ item: CommandCase) {
        ids[item.number] = nil
        freeLane(of: item.envelope.id)
        underWay[item.envelope.id] = nil
        releaseTrial(item)
    }

    // MARK: - One by one

    /// What a worker had is left to be delivered again.
    func abandon(_ work: Work) {
        switch work {
        case .carryOn(let item): abandon(item)
        case .answer(let request, _, _), .reroute(let request, _):
            giveBack(underWay.removeValue(forKey: ExactID(string: request.envelope.id)))
        case .duplicate(let request, _): giveBack(request)
        }
        putDown()
    }

    private func abandon(_ item: CommandCase) {
        leave(item)
        handOut()
    }

    /// It may have been delivered again in the meantime, and others wait for an outcome that will not be.
    private func giveBack(_ under: UnderWay?) {
        guard let under else { return }
        for request in [under.request] + under.others { giveBack(request) }
    }

    /// The broker brings them again, and whatever came under their ids in the meantime.
    func giveBack(_ requests: [CommandRequest]) {
        for request in requests {
            giveBack(underWay.removeValue(forKey: ExactID(string: request.envelope.id)))
        }
    }

    /// From now on what is given back is so with the end of the link: the queue would bring it here once more.
    func keepToTheEnd() { keepsGivenBack = true }

    /// The broker brings it again.
    func giveBack(_ request: CommandRequest) {
        guard request.link == link, !keepsGivenBack else { return }
        if nameless.removeValue(forKey: request.number) != nil {
            redeliveries.linkLost([(id: request.envelope.id, request.delivery.fingerprint)])
        }
        request.delivery.reject(requeue: true)
    }
}
