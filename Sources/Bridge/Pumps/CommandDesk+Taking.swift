internal import AMQP
internal import GWS

// How deliveries become commands under way, by what the ledger knows of them.
extension CommandDesk {
    /// A delivery that has been read.
    struct Intake: Sendable {
        enum Subject: Sendable {
            case command(Command)
            /// Nothing may be sent; this is its outcome.
            ///
            /// - Parameter command: what it was, where that is legible: GWS may have got it earlier.
            case ended(CommandOutcome, command: Command?)
            /// It came to the wrong place, and goes on as this.
            case reroute(AMQPMessage)
        }

        let delivery: Delivery
        /// As its producer sent it.
        let message: AMQPMessage
        var envelope: Envelope
        let subject: Subject
        let queue: CommandQueue
    }

    /// - Throws: `CancellationError`, where the ledger could not be asked in time.
    func take(_ intakes: [Intake], link: Int) async throws {
        guard self.link == link else { return }
        if isStopping { return try await remember(intakes) }
        var new: [(request: CommandRequest, subject: Intake.Subject)] = []
        for intake in intakes {
            let request = request(intake, link)
            let id = request.envelope.id
            if underWay[id] == nil {
                underWay[id] = UnderWay(request: request)
                new.append((request, intake.subject))
            } else {
                join(request)
            }
        }
        let known: [ExactID: LedgerEntry]
        do {
            known = new.isEmpty ? [:] : try await ledger.entries(of: new.map(\.request.envelope.id))
        } catch {
            giveBack(new.map(\.request))
            throw error
        }
        // Either may have ended while the ledger was asked.
        guard self.link == link, !hasStopped else { return giveBack(new.map(\.request)) }
        var held: [LedgerEntry] = []
        for (request, subject) in new {
            if let entry = admit(request, subject, known[ExactID(string: request.envelope.id)]) {
                held.append(entry)
            }
        }
        ledger.note(held)
        handOut()
    }

    /// They come too late to be taken, and a later bridge must not think that they were sent.
    private func remember(_ intakes: [Intake]) async throws {
        let deliveries = intakes.filter { underWay[$0.envelope.id] == nil && $0.envelope.hasOwnID }
        let known = try await ledger.entries(of: deliveries.map(\.envelope.id))
        ledger.note(
            deliveries.compactMap { intake in
                let (id, delivery) = (intake.envelope.id, intake.delivery)
                let entry = known[ExactID(string: id)]
                guard entry.map({ $0.stage == .held }) ?? true, case .unsent = past(of: delivery, entry)
                else {
                    return nil
                }
                var held = entry ?? LedgerEntry(id: id, stage: .held, arrivedAt: intake.envelope.arrivedAt)
                held.deliveryCount = delivery.deliveryCount
                return held
            })
    }

    private func request(_ intake: Intake, _ link: Int) -> CommandRequest {
        var envelope = intake.envelope
        let delivery = intake.delivery
        if !envelope.hasOwnID, delivery.isRedelivered, let id = redeliveries.id(of: delivery.fingerprint) {
            envelope.id = id
        }
        let request = CommandRequest(
            number: nextNumber(), delivery: delivery, message: intake.message, envelope: envelope, link: link,
            queue: intake.queue)
        if !envelope.hasOwnID { nameless[request.number] = request }
        return request
    }

    /// One of the same id is under way: this is the same again after a lost link, or another that wants to hear of it.
    private func join(_ request: CommandRequest) {
        let id = request.envelope.id
        guard let under = underWay[id] else { return }
        // What a deleted queue gave is not given again: this is another under the same id.
        if request.delivery.isRedelivered, under.request.link != request.link,
            !under.request.queue.isDeleted
        {
            underWay[id]?.request = request
        } else {
            underWay[id]?.others.append(request)
        }
    }

    /// - Returns: what the ledger is to note, of what certainly was not sent.
    private func admit(_ request: CommandRequest, _ subject: Intake.Subject, _ entry: LedgerEntry?)
        -> LedgerEntry?
    {
        if let entry, let verdict = entry.verdict {
            // The broker may not have confirmed it: it is told in full once more, in the same words.
            if entry.stage == .ended {
                answers.append(.answer(request, verdict, isRecorded: true))
            } else {
                let others = underWay.removeValue(forKey: ExactID(string: request.envelope.id))?.others ?? []
                answers += ([request] + others).map { Work.duplicate($0, verdict) }
            }
            return nil
        }
        switch subject {
        case .command(let command):
            return admit(
                request, command, before: request.envelope.deadline, past(of: request.delivery, entry), entry)
        case .reroute(let message): answers.append(.reroute(request, message))
        case .ended(let outcome, let command):
            guard let entry, entry.stage != .held, outcome.kind != .unknown else {
                answers.append(.answer(request, Verdict(outcome), isRecorded: false))
                return nil
            }
            // It was sent before, and that is to be settled; it is not sent again.
            if let command {
                return admit(
                    request, command, before: request.envelope.arrivedAt, past(of: request.delivery, entry),
                    entry)
            }
            let unsettled = CommandOutcome(
                .unknown, reason: CommandOutcome.redelivered,
                detail: "It was sent before, and what came of that is not known.")
            answers.append(.answer(request, Verdict(unsettled), isRecorded: false))
        }
        return nil
    }

    /// - Parameter deadline: Unix milliseconds; from then on it is not sent.
    private func admit(
        _ request: CommandRequest, _ command: Command, before deadline: Int64, _ past: CommandCourse.Past,
        _ known: LedgerEntry?
    ) -> LedgerEntry? {
        let envelope = request.envelope
        let standard = confirmation.confirmWithin.milliseconds
        let within = envelope.confirmWithin?.milliseconds ?? standard
        // The producer's times are the wall's; what waits goes by the steady clock.
        let offset = UnixTime.steady() - UnixTime.now()
        let deadline = deadline.saturatingAdd(offset)
        let plan = CommandCourse.Plan(
            isVisible: command.change != nil, isRepeatable: command.isRepeatable,
            confirms: confirmation.confirms,
            confirmWithin: within, settleWithin: max(within, standard), deadline: deadline,
            hasOwnDeadline: envelope.hasOwnDeadline,
            end: (envelope.arrivedAt + offset).saturatingAdd(Envelope.longestHold))
        var entry = known ?? LedgerEntry(id: envelope.id, stage: .held, arrivedAt: envelope.arrivedAt)
        entry.deliveryCount = request.delivery.deliveryCount
        if case .doubtful(let doubt, _, _) = past { (entry.stage, entry.doubt) = (.sent, doubt) }
        let item = CommandCase(request, command, course: CommandCourse(plan, past: past), entry: entry)
        ids[item.number] = envelope.id
        // What was on its way to GWS goes on where it was, ahead of all that waits.
        if case .doubtful(_, _, sentAt: .some) = past {
            lanes.addFirst(item, to: command.lane)
        } else {
            lanes.add(item, to: command.lane, isUrgent: envelope.isUrgent)
        }
        watchDeadline(deadline, now: UnixTime.steady())
        return entry.stage == .held ? entry : nil
    }

    /// How far it had come before this delivery.
    private func past(of delivery: Delivery, _ entry: LedgerEntry?) -> CommandCourse.Past {
        guard let entry else {
            return delivery.isRedelivered
                ? .doubtful(CommandOutcome.redelivered, attempts: 0, sentAt: nil) : .unsent(attempts: 0)
        }
        switch entry.stage {
        case .accepted: return .accepted(at: entry.acceptedAt ?? entry.arrivedAt, attempts: entry.attempts)
        case .sent:
            return .doubtful(
                entry.doubt ?? CommandOutcome.redelivered, attempts: entry.attempts, sentAt: entry.sentAt)
        case .held, .ended, .told:
            // It was this bridge that had it last, or somebody else may have sent it.
            guard !delivery.isRedelivered || delivery.follows(entry.deliveryCount) else {
                return .doubtful(CommandOutcome.redelivered, attempts: entry.attempts, sentAt: nil)
            }
            return .unsent(attempts: entry.attempts)
        }
    }
}

extension Delivery {
    /// How often the queue has delivered it before (quorum queues only).
    var deliveryCount: Int64? {
        guard isRedelivered else { return 0 }
        let headers = message.properties.headers
        // RabbitMQ 4.3 counts in the one only what failed, in the other whatever was taken.
        return [headers["x-delivery-count"]?.int, headers["x-acquired-count"]?.int].compactMap(\.self).max()
    }

    /// Whether the queue gave it to nobody between that delivery and this one.
    func follows(_ earlier: Int64?) -> Bool {
        guard let earlier, let deliveryCount else { return false }
        return deliveryCount <= earlier.saturatingAdd(1)
    }

    /// What a command says, for one that has no id.
    var fingerprint: Int {
        var hasher = Hasher()
        hasher.combine(message.routingKey)
        hasher.combine(message.properties.replyTo)
        hasher.combine(message.properties.correlationID)
        hasher.combine(message.properties.timestamp)
        hasher.combine(message.body)
        return hasher.finalize()
    }
}
