// Who asks, and whether it may.

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

    func admit(_ request: Received) -> Admission {
        if request.path == "/api/v2/diagnostics/version" { return .open }
        let balancer = request.cookies["AWSELB"]
        let session = httpSessions.use(
            request.cookies["JSESSIONID"], balancer: balancer, timeout: configuration.sessionTimeout,
            now: .now)
        // The CSRF filter stands before the login: without a session no token can be right.
        if request.isModifying, requiresCSRFToken(request) {
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

    private func requiresCSRFToken(_ request: Received) -> Bool {
        configuration.requiresCSRFToken && (!request.isForCometD || configuration.requiresCSRFTokenOfCometD)
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
