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
    /// ledger tells how far it had come. What GWS took is brought to its end.
    func close(_ lost: Int) {
        guard link == lost else { return }
        link = nil
        giveUpWaiting { !$0.course.isAccepted }
        redeliveries.linkLost(
            nameless.sorted { $0.key < $1.key }.map {
                (id: $0.value.envelope.id, $0.value.delivery.fingerprint)
            })
        nameless = [:]
        for id in underWay.keys { underWay[id]?.others = [] }
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
        for item in lanes.removeWaiting(where: { isMeant($0.command.agent) }) { leave(item) }
        for item in waiting.values where isMeant(item.command.agent) {
            waiting[item.number] = nil
            leave(item)
        }
        let goneOn = resumed.filter { !isMeant($0.command.agent) }
        for item in resumed where isMeant(item.command.agent) { leave(item) }
        resumed = goneOn[...]
        handOut()
    }

    private func leave(_ item: CommandCase) {
        let under = underWay[item.envelope.id]
        forget(item)
        giveBack(under)
    }

    func giveUpWaiting(where isMeant: (CommandCase) -> Bool) {
        for item in lanes.removeWaiting() { forget(item) }
        for item in waiting.values where isMeant(item) {
            waiting[item.number] = nil
            forget(item)
        }
        let goneOn = resumed.filter { !isMeant($0) }
        for item in resumed where isMeant(item) { forget(item) }
        resumed = goneOn[...]
        for answer in answers {
            switch answer {
            case .answer(let request, _, _), .reroute(let request, _): underWay[request.envelope.id] = nil
            case .duplicate, .carryOn: break
            }
        }
        answers = []
        report()
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
