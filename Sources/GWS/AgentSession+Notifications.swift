import Bayeux
import Logging
import NIOConcurrencyHelpers
import NIOHTTP1

/// What a session reports.
public enum SessionEvent: Sendable {
    /// Notifications begin anew; what happened before may have been missed.
    case started(StartReason)
    /// They go on, but an answer was lost, and with it what it held.
    case pollLost
    /// In the order of delivery; never empty.
    case batch([Notification])
    /// A poll was answered without any.
    case quiet
    /// An operation ended the agent's session, and GWS its HTTP session. A new one will be opened.
    case loggedOut

    public enum StartReason: String, Sendable {
        case first
        /// The server does not know the client id any more.
        case forgotten
        /// The server asked for a new handshake.
        case advised
        /// The HTTP session was gone, and a new one had to be opened.
        case loginLost
        /// It stood still, and was begun anew.
        case stuck
    }
}

extension AgentSession {
    /// Logs in if it must, subscribes, and polls until that breaks. A batch is handled before the next poll is sent,
    /// and thereby acknowledged where the server offers that; one whose handling failed comes again in the next run.
    ///
    /// Called again, it goes on with the same client id for as long as the server knows it.
    ///
    /// - Throws: `GWSError`, `CancellationError`, or what `handle` threw.
    public func run(_ handle: @Sendable (SessionEvent) async throws -> Void) async throws {
        guard !isRunning else { throw GWSError.running }
        isRunning = true
        defer { isRunning = false }
        forgetRefusal()
        setPhase(.starting)
        do {
            while true {
                do {
                    if isLoggedOut { throw SessionLeft() }
                    try await bayeux.run(over: NotificationTransport(session: self)) { event in
                        // Each tells that a connect was answered.
                        setPhase(.polling)
                        statusBox.withLockedValue { $0.lastPollAnswered = .now }
                        let event = SessionEvent(event)
                        if case .batch(let notifications) = event { note(notifications) }
                        try await handle(event)
                    }
                } catch is SessionRenewed {
                    bayeux.startAnew(because: .loginLost)
                } catch is SessionLeft {
                    try await handle(.loggedOut)
                    isLoggedOut = false
                    bayeux.startAnew(because: .loginLost)
                }
            }
        } catch {
            let reported = translated(error)
            setPhase(.failed("\(reported)"))
            throw reported
        }
    }

    /// Lets the batch in hand be handled and `run` end with `cancelled`, without waiting for the poll.
    public func stopPolling() {
        isStopping = true
        pause?.open(())
        poll?.pull()
    }

    /// Has the next run begin anew, because this one stood still.
    public func startAnew() { bayeux.startAnew(because: .stuck) }

    /// Leaves for good: unsubscribes and disconnects, within the time of a request. What goes wrong does not matter any
    /// more. From now on nothing but `endContactCenterSession` is sent.
    public func end() async {
        isLeft = true
        try? await bayeux.disconnect(over: NotificationTransport(session: self))
        setPhase(.idle)
    }

    private func translated(_ error: any Error) -> any Error {
        if Task.isCancelled { return CancellationError() }
        switch error {
        case let error as PollFailure: return error.error
        case let error as BayeuxError:
            switch error {
            case .ended:
                // It may be the log-in that it does not like.
                logOut()
                return GWSError.notificationsEnded(error.description)
            case .refused, .noLongPolling:
                if bayeux.session.clientID == nil { logOut() }
                return GWSError.notificationsRefused(error.description)
            case .unintelligible, .unanswered:
                // Perhaps the page that asks for a log-in.
                logOut()
                return GWSError.unexpectedAnswer(error.description)
            }
        default: return error
        }
    }

    private func setPhase(_ phase: SessionStatus.Phase) {
        if phase == .renewing { logger.debug("GWS does not honour the log-in any more, renewing it") }
        let bayeux = bayeux.session
        statusBox.withLockedValue { status in
            status.phase = phase
            status.acknowledges = bayeux.acknowledges
            status.pollPatience = bayeux.patience
        }
    }
}

/// Bayeux over an agent's HTTP session.
private struct NotificationTransport: BayeuxTransport {
    let session: AgentSession

    func send(_ request: BayeuxRequest) async throws -> [UInt8] {
        try await session.send(request)
    }

    func pause(for duration: Duration) async throws { try await session.pause(for: duration) }
}

extension AgentSession {
    /// A stop ends it.
    fileprivate func pause(for duration: Duration) async throws {
        guard !isStopping else { return }
        let latch = Latch<Void>()
        pause = latch
        defer { pause = nil }
        try await withThrowingTaskGroup { group in
            group.addTask { try await Task.sleep(for: duration) }
            group.addTask { _ = await latch.value() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    fileprivate func send(_ request: BayeuxRequest) async throws -> [UInt8] {
        let isLeaving = request.kind == .disconnect
        // Nobody logs in to leave.
        guard !isLeaving || isLoggedIn else {
            throw PollFailure(error: .cancelled, mayHaveBeenReceived: false)
        }
        guard !isLoggedOut || isLeaving else { throw SessionLeft() }
        if request.kind == .connect { noteConnect() }
        var stale: Int?
        while true {
            let login: Int
            do throws(GWSError) {
                login = try await logIn(renewing: stale, leaving: isLeaving)
            } catch {
                throw PollFailure(error: error, mayHaveBeenReceived: false)
            }
            guard holds(login, leaving: isLeaving) else { continue }
            guard !isStopping || isLeaving else {
                throw PollFailure(error: .cancelled, mayHaveBeenReceived: false)
            }
            if request.kind == .handshake { notificationSession = httpSession }
            // What was subscribed belongs to the HTTP session that it was subscribed in.
            guard notificationSession == httpSession else { throw SessionRenewed() }
            let response = try await post(request)
            absorb(response, of: login, path: Self.path)
            // What came with a good answer is told before.
            if isLoggedOut, response.status != 200 { throw SessionLeft() }
            guard response.status != 200, !isLeaving, Outcome(response, now: Self.now).isAboutLogin else {
                return try body(of: response, to: request)
            }
            guard stale == nil, !hasRenewedInVain else {
                // The next run may try once more.
                hasRenewedInVain = false
                logOut()
                throw GWSError.notificationsRefused("HTTP \(response.status) in spite of a fresh log-in")
            }
            stale = login
            hasRenewedInVain = true
            setPhase(.renewing)
        }
    }

    private static var path: String { "/notifications" }

    private func post(_ request: BayeuxRequest) async throws -> HTTPTransport.Response {
        let cancelSwitch = CancelSwitch()
        if request.kind == .connect { poll = cancelSwitch }
        defer { if request.kind == .connect { poll = nil } }
        do throws(HTTPTransport.Failure) {
            return try await transport.send(
                HTTPTransport.Request(
                    method: .POST, path: Self.path,
                    headers: requestHeaders(for: Self.path), body: request.body, pool: .polls,
                    timeout: request.timeout ?? transport.server.requestTimeout),
                cancelling: cancelSwitch)
        } catch {
            if isStopping { throw GWSError.cancelled }
            if isLoggedOut { throw SessionLeft() }
            if notificationSession != httpSession { throw SessionRenewed() }
            throw PollFailure(
                error: GWSError(error, doing: "the poll"), mayHaveBeenReceived: error.mayHaveBeenSent,
                isIllegibleAnswer: error.kind == .tooLarge)
        }
    }

    private func body(of response: HTTPTransport.Response, to request: BayeuxRequest) throws -> [UInt8] {
        guard response.status == 200 else {
            let isRefused = (300..<500).contains(response.status) || response.status == 503
            throw PollFailure(error: GWSError(response, now: Self.now), mayHaveBeenReceived: !isRefused)
        }
        hasRenewedInVain = false
        if request.kind == .connect {
            let sent = lastConnect?.sent
            lastConnect?.answered = sent
        }
        return response.body
    }

    /// A connect with the client id of the last one says that the answer to that was good, unless it says the contrary.
    /// What had happened when that one was sent is in its answer; how long the answer was under way nobody knows.
    private func noteConnect() {
        guard let clientID = bayeux.session.clientID, !bayeux.session.hasLostAnswer else { return }
        let now = Self.nowInMilliseconds
        let patience = bayeux.session.patience
        statusBox.withLockedValue { $0.pollPatience = patience }
        if let lastConnect, lastConnect.clientID == clientID {
            if let answered = lastConnect.answered {
                statusBox.withLockedValue { $0.unbrokenUntil = answered }
            }
            self.lastConnect?.sent = now
        } else {
            lastConnect = (clientID, sent: now, answered: nil)
        }
    }
}

/// The HTTP session that the notifications belonged to was replaced by another.
private struct SessionRenewed: Error {}

/// An EndContactCenterSession took the HTTP session with it.
private struct SessionLeft: Error {}

private struct PollFailure: BayeuxTransportError {
    var error: GWSError
    var mayHaveBeenReceived: Bool
    var isIllegibleAnswer = false
}

extension SessionEvent {
    init(_ event: BayeuxSession.Event) {
        switch event {
        case .started(.first): self = .started(.first)
        case .started(.forgotten): self = .started(.forgotten)
        case .started(.advised): self = .started(.advised)
        case .started(.loginLost): self = .started(.loginLost)
        case .started(.stuck): self = .started(.stuck)
        case .pollLost: self = .pollLost
        case .quiet: self = .quiet
        case .messages(let messages):
            let now = AgentSession.nowInMilliseconds
            self = .batch(messages.map { Notification($0.json, channel: $0.channel, receivedAt: now) })
        }
    }
}
