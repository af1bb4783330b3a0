extension Simulator {
    /// What comes of a request to GWS itself, faults included.
    func answer(_ request: Received) async -> Answer {
        let admission = admit(request)
        let entry = journal.begin(request, agent: admission.agent)
        let fault = faults.take(for: request, agent: admission.agent)
        if let fault { journal.note(fault, on: entry) }
        if let fault, fault.moment == .before {
            if let answer = await happen(fault, to: nil) {
                journal.end(entry, answer, executed: false)
                return answer
            }
        }
        var executed = false
        var answer = await execute(request, admission, &executed)
        journal.executed(entry, executed)
        if let fault, fault.moment == .after, let changed = await happen(fault, to: answer) {
            answer = changed
        }
        journal.end(entry, answer, executed: executed)
        return answer
    }

    private func execute(_ request: Received, _ admission: Admission, _ executed: inout Bool) async -> Answer
    {
        var answer: Answer
        switch admission {
        case .open: answer = open(request)
        case .refused(let refusal): answer = .refusal(refusal)
        case .admitted(let session, let cookies):
            if request.isForCometD {
                executed = true
                answer = await converse(request, session)
            } else {
                do throws(Refusal) {
                    answer = try request.isModifying ? operate(request, session) : read(request, session)
                    executed = true
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

// MARK: - Who asks

extension Simulator {
    enum Admission {
        /// Needs no credentials.
        case open
        case admitted(HTTPSessions.Session, newCookies: [String])
        case refused(Refusal)

        var agent: String? {
            guard case .admitted(let session, _) = self else { return nil }
            return session.agent
        }
    }

    private func admit(_ request: Received) -> Admission {
        if request.path == "/api/v2/diagnostics/version" { return .open }
        let balancer = request.cookies["AWSELB"]
        let session = httpSessions.use(
            request.cookies["JSESSIONID"], balancer: balancer, timeout: configuration.sessionTimeout,
            now: .now)
        // The CSRF filter stands before the login: without a session no token can be right.
        if request.isModifying, configuration.requiresCSRFToken {
            guard let session, request.csrfToken == session.csrfToken else { return .refused(.badCSRFToken) }
        }
        guard let authorization = request.authorization else {
            guard let session else { return .refused(.notAuthenticated) }
            return .admitted(session, newCookies: [])
        }
        guard let (name, password) = BasicCredentials.read(authorization), let agent = agents[name],
            agent.password == password
        else { return .refused(.notAuthenticated) }
        if let session, session.agent == name { return .admitted(session, newCookies: []) }
        guard !agent.isRefused else { return .refused(.notAuthenticated) }
        return begin(for: name, balancer: balancer)
    }

    private func begin(for agent: String, balancer: String?) -> Admission {
        var cookies: [String] = []
        var balancer = balancer
        if configuration.hasLoadBalancer, balancer == nil {
            balancer = Identifier.random(length: 40)
            cookies.append("AWSELB=\(balancer!);PATH=/")
        }
        let session = httpSessions.begin(
            agent: agent, balancer: configuration.hasLoadBalancer ? balancer : nil, now: .now)
        cookies.append("JSESSIONID=\(session.id);Path=/;HttpOnly")
        return .admitted(session, newCookies: cookies)
    }
}

// MARK: - Reading

extension Simulator {
    private func read(_ request: Received, _ session: HTTPSessions.Session) throws(Refusal) -> Answer {
        guard let agent = agents[session.agent] else { throw .notAuthenticated }
        let segments = request.path.split(separator: "/").dropFirst(2).map(String.init)
        let wantsFields = request.query["fields"] != nil
        switch (segments.first, segments.dropFirst().first, segments.count) {
        case ("me", nil, 1):
            return .resource("user", agent.user(baseURL: apiURL, subresources: subresources(request, agent)))
        case ("me", "calls", 2):
            return wantsFields
                ? .resource("calls", resources(of: agent)) : .resource("uris", callURIs(of: agent))
        case ("me", "calls", 3):
            guard let call = calls[segments[2]], let resource = resource(call, for: agent),
                agent.calls.contains(call.id)
            else { throw .noSuchCall(segments[2]) }
            return .resource("call", resource)
        case ("me", "devices", 2):
            guard wantsFields else {
                return .resource("uris", [.string("\(apiURL)/me/devices/\(agent.deviceID)")])
            }
            return .resource("devices", [agent.device(baseURL: apiURL)])
        case ("me", "devices", 3) where segments[2] == agent.deviceID:
            return .resource("device", agent.device(baseURL: apiURL))
        case ("me", "channels", 2): return .resource("channels", Self.channels)
        case ("services", nil, 1): return services(wantsFields)
        default: throw .noSuchResource(request.path)
        }
    }

    private func subresources(_ request: Received, _ agent: AgentState) -> [JSON.Member] {
        guard let wanted = request.query["subresources"]?.split(separator: ",") else { return [] }
        let all: [(String, JSON)] = [
            ("devices", [agent.device(baseURL: apiURL)]),
            ("calls", resources(of: agent)),
            ("channels", Self.channels),
            ("features", AgentState.features(mayRecord: configuration.mayRecord, baseURL: apiURL)),
        ]
        return all.filter { wanted.contains("*") || wanted.contains($0.0[...]) }.map {
            JSON.Member($0.0, $0.1)
        }
    }

    private func resources(of agent: AgentState) -> JSON {
        .array(agent.calls.compactMap { calls[$0].flatMap { resource($0, for: agent) } })
    }

    private func callURIs(of agent: AgentState) -> JSON {
        .array(agent.calls.map { .string("\(apiURL)/me/calls/\($0)") })
    }

    func resource(_ call: CallModel, for agent: AgentState) -> JSON? {
        guard let party = call.party(of: agent.name) else { return nil }
        return call.resource(
            for: party, deviceID: agent.deviceID, baseURL: apiURL, mayRecord: configuration.mayRecord,
            at: Timestamp.now)
    }

    private static let channels: JSON = [["name": "voice", "state": "Ready"]]

    private func services(_ wantsFields: Bool) -> Answer {
        let services: [(id: String, type: String)] = [("provisioning", "Provisioning"), ("voice", "Voice")]
        guard wantsFields else {
            return .resource("uris", .array(services.map { .string("\(apiURL)/services/\($0.id)") }))
        }
        return .resource(
            "services",
            .array(
                services.map { service in
                    [
                        "id": .string(service.id), "name": .string(service.type),
                        "type": .string(service.type),
                        "state": "Active", "uri": .string("\(apiURL)/services/\(service.id)"),
                        "path": .string("/services/\(service.id)"),
                    ]
                }))
    }
}

// MARK: - Operations

extension Simulator {
    private func operate(_ request: Received, _ session: HTTPSessions.Session) throws(Refusal) -> Answer {
        guard let agent = agents[session.agent] else { throw .notAuthenticated }
        let segments = request.path.split(separator: "/").dropFirst(2)
        guard request.method == "POST", segments.count == 3, segments.starts(with: ["me", "calls"]),
            let id = segments.last.map(String.init)
        else { throw .noSuchResource(request.path) }
        let body: JSON
        do { body = try JSON(parsing: request.body) } catch { throw .notJSON }
        let operation = try CallOperation(body: body)
        guard agent.calls.contains(id), calls[id] != nil else { throw .noSuchCall(id) }
        let effects = try calls[id]!.perform(
            operation, for: agent.name, mayRecord: configuration.mayRecord, at: Timestamp.now)
        carryOut(effects, of: id)
        return .accepted
    }
}
