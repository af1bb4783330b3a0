extension Simulator {
    /// What comes of a request to GWS itself, faults included.
    func answer(_ request: Received) async -> Answer {
        let admission = admit(request)
        let entry = journal.begin(request, agent: admission.agent)
        let fault = faults.take(for: request, agent: admission.agent)
        if let fault { journal.note(fault, on: entry) }
        if let fault, fault.moment == .before {
            if let answer = await happen(fault, to: nil, request, by: admission.agent) {
                journal.end(entry, answer, executed: false)
                return answer
            }
        }
        var executed = false
        let isOperation = request.isModifying && !request.isForCometD
        let delays =
            isOperation
            ? configuration.replyOrder.delays(
                gap: configuration.replyGap, chance: .random(in: -1...1, using: &faults.chance))
            : (.zero, .zero)
        var answer = await execute(
            request, admission, failing: fault?.action, eventDelay: delays.event, &executed)
        journal.executed(entry, executed)
        // Cut short when the simulator stops.
        if delays.reply > .zero { try? await Task.sleep(for: delays.reply) }
        if let fault, fault.moment == .after,
            let changed = await happen(fault, to: answer, request, by: admission.agent)
        {
            answer = changed
        }
        journal.end(entry, answer, executed: executed)
        return answer
    }

    private func execute(
        _ request: Received, _ admission: Admission, failing fault: Fault.Action?, eventDelay: Duration,
        _ executed: inout Bool
    ) async -> Answer {
        var answer: Answer
        switch admission {
        case .open: answer = open(request)
        case .refused(let refusal): answer = .refusal(refusal)
        case .admitted(let session, let cookies):
            if request.isForCometD {
                executed = true
                answer = await converse(request, session)
            } else {
                self.eventDelay = eventDelay
                defer { self.eventDelay = .zero }
                do throws(Refusal) {
                    switch fault {
                    case .failLater(let message):
                        answer = try operateInVain(request, session, isTold: true, because: message)
                    case .ignore: answer = try operateInVain(request, session, isTold: false)
                    default:
                        answer = try request.isModifying ? operate(request, session) : read(request, session)
                        executed = true
                    }
                } catch {
                    answer = .refusal(error)
                }
            }
            if !request.isModifying, configuration.requiresCSRFToken {
                answer.headers.append(("X-CSRF-HEADER", "X-CSRF-TOKEN"))
                answer.headers.append(("X-CSRF-TOKEN", session.csrfToken))
            }
            answer.headers += cookies.map { ("Set-Cookie", $0) }
        }
        return answer
    }

    private func open(_ request: Received) -> Answer {
        .resource("version", "8.5.202.96")
    }
}
