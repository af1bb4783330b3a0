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
            guard let agent = control.query["agent"] else { throw Control.Missing(name: "agent") }
            try await heldPoll(of: agent)
        case ("GET", "requests", nil, 1):
            return .json([
                "requests": .array(control.filter(requests(after: control.after)).map(Self.describe))
            ])
        case ("GET", "conversations", nil, 1):
            let conversations = control.filter(conversations(after: control.after))
            return .json(["conversations": .array(conversations.map(Self.describe))])
        case ("GET", "notifications", nil, 1):
            await waitForNotification(control)
            let notifications = control.filter(notifications(after: control.after))
            return .json(["notifications": .array(notifications.map(Self.describe))])
        case ("DELETE", "journal", nil, 1): clearJournal()
        case ("POST", "notifications", nil, 1):
            let data = control.body["raw"]?.string ?? control.body["data"]?.serialized
            guard let data else { throw Control.Missing(name: "data") }
            let pushed = try push(data, on: try control.needed("channel"), to: try control.needed("agent"))
            return .json(["sequence": .int(pushed.sequence)])
        case ("GET", "faults", nil, 1): return .json(["faults": .array(faults.all.map(Self.describe))])
        case ("POST", "faults", nil, 1): return .json(["id": .int(inject(try Fault(control.body)))])
        case ("DELETE", "faults", nil, 1): removeFaults()
        case ("DELETE", "faults", nil, 2): removeFault(Int(id) ?? 0)
        case ("POST", "forget-clients", nil, 1): forgetClients(of: control.agent)
        case ("POST", "invalidate-sessions", nil, 1): invalidateSessions(of: control.agent)
        case ("POST", "change-tokens", nil, 1): changeCSRFTokens(of: control.agent)
        case ("POST", "refuse-logins", nil, 1):
            refuseLogins(control.flag("refuse", else: true), of: control.agent)
        case ("POST", "deny-handshakes", nil, 1):
            denyHandshakes(control.flag("deny", else: true), of: control.agent)
        case ("POST", "cut-polls", nil, 1):
            cutPolls(of: control.agent, inTheMiddle: control.flag("inTheMiddle", else: false))
        case ("POST", "advise", nil, 1):
            guard let advice = control.body["advice"] else { throw Control.Missing(name: "advice") }
            try advise(advice.serialized, of: control.agent)
        case ("POST", "restart", nil, 1): restart(losingCalls: control.flag("losingCalls", else: false))
        default:
            return try controlAgents(request, segments, control)
                ?? .failure("There is no \(request.method) \(request.path)", status: 404)
        }
        return .done
    }

    /// Until there is a notification that was asked for, or the time is over.
    private func waitForNotification(_ control: Control) async {
        guard let seconds = control.query["wait"].flatMap({ Double($0) }), seconds > 0 else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Without one in time, the list is answered empty.
                _ = try? await self.notification(after: control.after, where: control.isAskedFor)
            }
            group.addTask { try? await Task.sleep(for: .milliseconds(Int(min(seconds, 60) * 1000))) }
            await group.next()
            group.cancelAll()
        }
    }
}

/// What a control request says.
struct Control: Sendable {
    struct Missing: Error, CustomStringConvertible {
        let name: String
        var description: String { "'\(name)' is missing" }
    }

    let body: JSON
    let query: [String: String]

    var agent: String? { body["agent"]?.string }
    var after: Int { query["after"].flatMap { Int($0) } ?? 0 }

    func needed(_ name: String) throws -> String {
        guard let value = body[name]?.string else { throw Missing(name: name) }
        return value
    }

    func flag(_ name: String, else standard: Bool) -> Bool { body[name]?.bool ?? standard }

    func filter(_ requests: [JournaledRequest]) -> [JournaledRequest] {
        requests.filter { request in
            (query["agent"].map { $0 == request.agent } ?? true)
                && (query["method"].map { $0 == request.method } ?? true)
                && (query["path"].map { request.path.contains($0) } ?? true)
        }
    }

    func filter(_ notifications: [EmittedNotification]) -> [EmittedNotification] {
        notifications.filter(isAskedFor)
    }

    @Sendable func isAskedFor(_ notification: EmittedNotification) -> Bool {
        (query["agent"].map { $0 == notification.agent } ?? true)
            && (query["call"].map { $0 == notification.callID } ?? true)
            && (query["type"].map { $0 == notification.type } ?? true)
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
        case .notJSON, .notListening, .stopped: false
        }
    }
}

extension Fault {
    /// `{"action":"answer","status":503,"body":"…","moment":"before","method":"POST","times":3}`
    fileprivate init(_ json: JSON) throws {
        let seconds = min(max(json["seconds"]?.double ?? 1, 0), 86_400)
        let action: Action
        switch json["action"]?.string {
        case "delay": action = .delay(.milliseconds(Int(seconds * 1000)))
        case "answer":
            action = .answer(
                status: json["status"]?.int ?? 500, body: json["answer"]?.string ?? "",
                contentType: json["contentType"]?.string)
        case "cut": action = .cut
        case "hang": action = .hang
        case "half": action = .half
        case "device-not-registered": action = .deviceNotRegistered
        case "voice-unavailable": action = .voiceServiceUnavailable
        case "fail-later": action = .failLater(message: json["message"]?.string)
        case "too-many-requests": action = .tooManyRequests
        default:
            throw SimulatorError.notJSON(
                """
                'action' is not one of delay, answer, cut, hang, half, device-not-registered, voice-unavailable, \
                fail-later, too-many-requests
                """)
        }
        self.init(
            action, json["moment"]?.string == "after" ? .after : .before, method: json["method"]?.string,
            path: json["path"]?.string, agent: json["agent"]?.string, body: json["body"]?.string,
            times: json["times"] == .null ? nil : json["times"]?.int ?? 1,
            probability: json["probability"]?.double ?? 1)
    }
}

// MARK: - Descriptions

extension Simulator {
    private func describeAgents() -> JSON {
        .array(
            agentNames.compactMap { agents[$0] }.map { agent in
                [
                    "name": .string(agent.name), "deviceId": .string(agent.deviceID),
                    "calls": .array(switchboard.legs(of: agent.name).map { .string($0.id) }),
                    "clients": .int(cometD.clients(of: agent.name).count),
                    "devices": agent.resources(baseURL: apiURL),
                ]
            })
    }

    private func describeSessions() -> JSON {
        [
            "http": .array(
                httpSessions.sessions.values.map { ["agent": .string($0.agent), "id": .string($0.id)] }),
            "cometd": .array(
                cometD.sessions.values.map { session in
                    [
                        "agent": .string(session.agent), "clientId": .string(session.clientID),
                        "subscriptions": .array(session.subscriptions.sorted().map(JSON.string)),
                        "waiting": .int(session.queue.count),
                        "isHeld": .bool(heldPolls[session.clientID] != nil),
                    ]
                }),
        ]
    }

    private static func describe(_ request: JournaledRequest) -> JSON {
        [
            "sequence": .int(request.sequence), "time": .int(request.time), "method": .string(request.method),
            "path": .string(request.path), "agent": request.agent.map(JSON.string) ?? .null,
            "body": .string(request.body), "executed": .bool(request.executed),
            "answered": .bool(request.isAnswered), "status": request.status.map { JSON.int($0) } ?? .null,
            "fault": request.fault.map(JSON.string) ?? .null,
        ]
    }

    /// The notification itself is given as it went out, and so is text within the JSON.
    private static func describe(_ notification: EmittedNotification) -> JSON {
        [
            "sequence": .int(notification.sequence), "time": .int(notification.time),
            "agent": .string(notification.agent), "channel": .string(notification.channel),
            "callId": notification.callID.map(JSON.string) ?? .null,
            "type": notification.type.map(JSON.string) ?? .null, "message": .string(notification.message),
        ]
    }

    private static func describe(_ entry: (id: Int, fault: Fault)) -> JSON {
        [
            "id": .int(entry.id), "fault": .string(entry.fault.summary),
            "times": entry.fault.times.map { JSON.int($0) } ?? .null,
        ]
    }
}
