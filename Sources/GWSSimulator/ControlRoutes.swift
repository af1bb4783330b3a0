/// The control API under `/simulator/`: JSON, no credentials. Each row does what the Swift API does; ``ControlHelp``
/// says what there is.
extension Simulator {
    func control(_ request: Received) async -> Answer {
        let segments = request.path.split(separator: "/").dropFirst().map(String.init)
        let body: JSON
        do {
            body = request.body.isEmpty ? [:] : try JSON(parsing: request.body)
            guard body.isObject else { throw SimulatorError.notJSON("the body is not an object") }
            return try await control(request, segments, Control(body: body, query: request.query))
        } catch let error as SimulatorError {
            return .failure("\(error)", status: error.isAboutSomethingMissing ? 404 : 400)
        } catch let refusal as Refusal {
            return .failure(refusal.statusMessage, status: refusal.httpStatus)
        } catch {
            return .failure("\(error)", status: 400)
        }
    }

    private func control(_ request: Received, _ segments: [String], _ control: Control) async throws -> Answer
    {
        let id = segments.count > 1 ? segments[1] : ""
        switch (request.method, segments.first ?? "", segments.dropFirst(2).first, segments.count) {
        case ("GET", "", nil, 0):
            return .text(ControlHelp.text, status: 200, contentType: "text/plain;charset=UTF-8")
        case ("GET", "agents", nil, 1): return .json(["agents": describeAgents()])
        case (_, "calls", _, _):
            return try controlCalls(request, segments, control)
                ?? .failure("There is no \(request.method) \(request.path)", status: 404)
        case ("GET", "sessions", nil, 1): return .json(describeSessions())
        case ("GET", "held-poll", nil, 1):
            guard let agent = control.query["agent"] else { throw Control.Mistake.missing("agent") }
            let wait = try control.wait() ?? .seconds(60)
            guard try await within(wait, { try await self.heldPoll(of: agent) }) != nil else {
                return .failure("No poll of '\(agent)' was held in time", status: 504)
            }
        case ("GET", "requests", nil, 1):
            return .json([
                "requests": .array(control.filter(requests(after: try control.after())).map(Self.describe))
            ])
        case ("GET", "conversations", nil, 1):
            let conversations = control.filter(conversations(after: try control.after()))
            return .json(["conversations": .array(conversations.map(Self.describe))])
        case ("GET", "notifications", nil, 1):
            try await waitForNotification(control)
            let notifications = control.filter(notifications(after: try control.after()))
            return .json(["notifications": .array(notifications.map(Self.describe))])
        case ("DELETE", "journal", nil, 1): clearJournal()
        case ("POST", "notifications", nil, 1):
            guard let data = try control.text("raw") ?? control.body["data"]?.serialized else {
                throw Control.Mistake.missing("data")
            }
            let pushed = try push(data, on: try control.needed("channel"), to: try control.needed("agent"))
            return .json(["sequence": .int(pushed.sequence)])
        case ("GET", "faults", nil, 1): return .json(["faults": .array(faults.all.map(Self.describe))])
        case ("POST", "faults", nil, 1): return .json(["id": .int(inject(try Fault(control)))])
        case ("DELETE", "faults", nil, 1): removeFaults()
        case ("POST", "release-parked", nil, 1): releaseParked()
        case ("POST", "mute-notifications", nil, 1):
            muteNotifications(try control.flag("mute", else: true))
        case ("DELETE", "faults", nil, 2): removeFault(Int(id) ?? 0)
        case ("POST", "forget-clients", nil, 1): forgetClients(of: try agent(control))
        case ("POST", "invalidate-sessions", nil, 1): invalidateSessions(of: try agent(control))
        case ("POST", "change-tokens", nil, 1): changeCSRFTokens(of: try agent(control))
        case ("POST", "refuse-logins", nil, 1):
            refuseLogins(try control.flag("refuse", else: true), of: try agent(control))
        case ("POST", "deny-handshakes", nil, 1):
            denyHandshakes(try control.flag("deny", else: true), of: try agent(control))
        case ("POST", "cut-polls", nil, 1):
            cutPolls(of: try agent(control), inTheMiddle: try control.flag("inTheMiddle", else: false))
        case ("POST", "advise", nil, 1):
            let advice = try control.neededObject("advice")
            try advise(advice.serialized, of: try agent(control))
        case ("POST", "restart", nil, 1): restart(losingCalls: try control.flag("losingCalls", else: false))
        default:
            return try controlAgents(request, segments, control)
                ?? .failure("There is no \(request.method) \(request.path)", status: 404)
        }
        return .done
    }

    /// Until there is a notification that was asked for, or the time is over: then the list is answered empty.
    private func waitForNotification(_ control: Control) async throws {
        let after = try control.after()
        guard let wait = try control.wait() else { return }
        _ = try await within(wait) { try await self.notification(after: after, where: control.isAskedFor) }
    }

    /// The agent that is named, who must exist; nil for all.
    private func agent(_ control: Control) throws -> String? {
        guard let name = try control.text("agent") else { return nil }
        guard agents[name] != nil else { throw SimulatorError.noSuchAgent(name) }
        return name
    }
}

/// What comes of the work; nil if it takes longer.
private func within<Value: Sendable>(
    _ time: Duration, _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(for: time)
            return nil
        }
        defer { group.cancelAll() }
        return try await group.next() ?? nil
    }
}

extension Answer {
    static let done = Answer.json([:])

    fileprivate static func failure(_ text: String, status: Int) -> Answer {
        .json(["error": .string(text)], status: status)
    }
}

extension SimulatorError {
    fileprivate var isAboutSomethingMissing: Bool {
        switch self {
        case .noSuchAgent, .noSuchCall, .noSuchParty, .noSuchDevice, .noSuchService: true
        case .notJSON, .notAnObject, .taken, .notListening, .stopped: false
        }
    }
}
