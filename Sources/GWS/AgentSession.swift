import Bayeux
import Foundation
public import Logging
import NIOConcurrencyHelpers
import NIOHTTP1

/// One agent's session with GWS: its log-in, its cookies and CSRF pair, the operations it sends and the notifications
/// it polls. It shares no cookie with any other agent.
///
/// It renews a log-in that GWS does not honour any more, once for all requests that find out; besides that it tries
/// nothing again. `run` ends with what went wrong, `perform` says what an operation came to; what happens then is for
/// their callers.
public actor AgentSession {
    private enum Login {
        case out
        /// Under way; it opens when that has ended.
        case underWay(Latch<Result<Int, GWSError>>)
        case done
    }

    public nonisolated let credentials: AgentCredentials
    nonisolated let transport: HTTPTransport
    nonisolated let logger: Logger
    let bayeux: BayeuxClient

    private var login = Login.out
    /// Counts log-ins, so that who finds one stale can say which.
    private var loginNumber = 0
    /// Counts HTTP sessions: a renewed log-in may have found the old one alive.
    private(set) var httpSession = 0
    private(set) var headers: SessionHeaders
    /// The HTTP session's cookie as of the last log-in: a refusal may have set another since.
    private var loggedInSession: String?
    private var prepared: (headers: HTTPHeaders, expiry: Int64)?

    var isRunning = false
    /// The HTTP session that the notifications belong to.
    var notificationSession = 0
    /// Cancels the poll in flight.
    var poll: CancelSwitch?
    /// Ends the pause before the next poll.
    var pause: Latch<Void>?
    /// Whether no poll is to be sent any more.
    var isStopping = false
    /// The client id of the last connect, when that was sent, and when the last that was answered was, in Unix
    /// milliseconds.
    var lastConnect: (clientID: String, sent: Int64, answered: Int64?)?
    /// GWS does not let the agent in. Only `run` asks again, whose caller knows of pauses: a command for each try would
    /// lock the account.
    private var refusal: GWSError?
    /// The server refused a poll although the log-in had just been renewed for it.
    var hasRenewedInVain = false

    /// Left for good: GWS is asked for nothing any more, save that the agent be logged out.
    var isLeft = false
    private nonisolated let operations = NIOLockedValueBox(Operations())
    var loginCommands = LoginCommands()
    /// An EndContactCenterSession was accepted and is not told yet: the HTTP session is gone with it.
    var isLoggedOut = false

    let statusBox: NIOLockedValueBox<SessionStatus>

    public init(
        credentials: AgentCredentials, transport: HTTPTransport, subscriptions: [String], acknowledge: Bool,
        logger: Logger
    ) {
        self.credentials = credentials
        self.transport = transport
        self.logger = logger
        headers = SessionHeaders(basePath: transport.server.basePath)
        bayeux = BayeuxClient(subscriptions: subscriptions, offersAcknowledgement: acknowledge)
        statusBox = NIOLockedValueBox(SessionStatus())
    }

    /// What was last commanded about the agent's own log-in at the contact centre.
    public var commandedLogin: CommandedLogin? { loginCommands.last }

    /// How it goes, without waiting for the session.
    public nonisolated var status: SessionStatus { statusBox.withLockedValue { $0 } }

    // MARK: The log-in

    /// Opens the session if it is not open.
    ///
    /// - Parameters:
    ///   - stale: A log-in that GWS did not honour; if nobody has renewed it since, it is renewed.
    ///   - deadline: Unix milliseconds; whoever asks is not kept for longer, whatever holds up the log-in.
    ///   - leaving: Whether it is for what may be asked of a session that was left.
    /// - Returns: The number of the log-in that holds.
    func logIn(
        renewing stale: Int? = nil, before deadline: Int64 = .max, leaving: Bool = false
    ) async throws(GWSError) -> Int {
        guard leaving || !isLeft else { throw .left }
        if deadline == .max || isSettled(stale) { return try await logInPatiently(renewing: stale).get() }
        let left = Duration.milliseconds(max(deadline - Self.nowInMilliseconds, 0))
        let result = await withTaskGroup { group in
            group.addTask { () -> Result<Int, GWSError>? in await self.logInPatiently(renewing: stale) }
            group.addTask { () -> Result<Int, GWSError>? in
                // Cancelled, its end means nothing.
                try? await Task.sleep(for: left)
                return nil
            }
            let first = await group.next().flatMap(\.self)
            group.cancelAll()
            if let first { return first }
            // Time is over: the log-in gives up at once, unless it has just been done.
            return await group.next().flatMap(\.self) ?? .failure(.cancelled)
        }
        if case .failure(.cancelled) = result, !Task.isCancelled { throw .timedOut("the log-in") }
        return try result.get()
    }

    /// Whether asking for a log-in is answered without waiting.
    private func isSettled(_ stale: Int?) -> Bool {
        if case .done = login { loginNumber != stale } else { refusal != nil }
    }

    /// For as long as it takes, unless it is cancelled.
    private func logInPatiently(renewing stale: Int?) async -> Result<Int, GWSError> {
        while true {
            if let refusal { return .failure(refusal) }
            switch login {
            case .done where loginNumber != stale:
                return .success(loginNumber)
            case .underWay(let attempt):
                guard let result = await attempt.value() else { return .failure(.cancelled) }
                // The one who had taken it on gave up; that is no reason for the others to do so.
                if case .failure(.cancelled) = result, !Task.isCancelled { continue }
                return result
            case .done, .out:
                return await logInForAll()
            }
        }
    }

    private func logInForAll() async -> Result<Int, GWSError> {
        let attempt = Latch<Result<Int, GWSError>>()
        login = .underWay(attempt)
        loginNumber += 1
        let result = await transport.inOwnTask { await self.tryLogin() }
        login = if case .success = result { .done } else { .out }
        attempt.open(result)
        return result
    }

    private func tryLogin() async -> Result<Int, GWSError> {
        do throws(GWSError) {
            try await sendLogin()
            return .success(loginNumber)
        } catch {
            if case .loginRefused = error { refusal = error }
            return .failure(error)
        }
    }

    /// `GET /me` with user and password: opens the HTTP session, and brings the CSRF pair (HTCC API reference,
    /// CSRFProtection).
    private func sendLogin() async throws(GWSError) {
        do {
            try await transport.logins.wait()
        } catch {
            throw .cancelled
        }
        let path = "/me"
        var httpHeaders = HTTPHeaders([("Accept", "application/json")])
        if let cookies = headers.cookieHeader(for: transport.server.basePath + path, now: Self.now) {
            httpHeaders.add(name: "Cookie", value: cookies)
        }
        httpHeaders.add(name: "Authorization", value: credentials.basicAuthorization)
        let response: HTTPTransport.Response
        do {
            response = try await transport.send(
                HTTPTransport.Request(
                    method: .GET, path: path, headers: httpHeaders,
                    timeout: transport.server.requestTimeout))
        } catch {
            throw GWSError(error, doing: "the log-in")
        }
        let answer = GWSAnswer(response.body)
        switch (response.status, answer.statusCode) {
        case (200..<300, 0?): break
        // Any other 403 is somebody else's, of a proxy perhaps.
        case (401, _), (403, 20?), (200..<300, 20?):
            throw .loginRefused(answer.statusMessage ?? "HTTP \(response.status)")
        default:
            let error = GWSError(response, now: Self.now)
            if case .refused = error { throw .loginFailed("\(error)") }
            throw error
        }
        absorb(response, of: loginNumber)
        if headers.httpSession != loggedInSession || httpSession == 0 {
            loggedInSession = headers.httpSession
            httpSession += 1
            statusBox.withLockedValue { $0.forgetDevices() }
            // It belongs to a session that is no more: nothing can be expected of it.
            poll?.pull()
        }
        logger.debug("Logged in to GWS")
    }

    var isLoggedIn: Bool { if case .done = login { true } else { false } }

    /// Whether that log-in is still the one to be used: between its end and the turn of those who waited for it others
    /// had theirs.
    func holds(_ number: Int, leaving: Bool = false) -> Bool {
        isLoggedIn && number == loginNumber && (leaving || !isLeft)
    }

    /// From now on GWS is asked again whether it lets the agent in.
    func forgetRefusal() {
        refusal = nil
    }

    /// The session is not to be relied on; the next request logs in.
    func logOut() {
        if case .done = login { login = .out }
    }

    /// What was known of the HTTP session belongs to the past; the next log-in opens another. Of a log-in that was
    /// renewed since there is nothing to forget.
    func forgetHTTPSession(of login: Int) {
        guard login == loginNumber else { return }
        logOut()
        headers = SessionHeaders(basePath: transport.server.basePath)
        prepared = nil
    }

    // MARK: Operations under way

    /// Makes one operation of all that the body asks of the session: it may have to ask before it knows what to
    /// perform.
    public nonisolated func operating<Result, Failure>(
        _ body: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        operations.withLockedValue { $0.count += 1 }
        defer { operations.withLockedValue { $0.end() }?.open(()) }
        return try await body()
    }

    /// Suspends while operations are under way.
    public nonisolated func whenQuiet() async { await operations.withLockedValue { $0.quiet() }?.value() }

    /// Those that are being performed, and what opens when there are none. Of each the session would be asked twice.
    private struct Operations {
        var count = 0
        private var whenNone: Latch<Void>?

        mutating func end() -> Latch<Void>? {
            count -= 1
            guard count == 0 else { return nil }
            defer { whenNone = nil }
            return whenNone
        }

        mutating func quiet() -> Latch<Void>? {
            guard count > 0 else { return nil }
            let latch = whenNone ?? Latch()
            whenNone = latch
            return latch
        }
    }

    // MARK: Headers

    /// Takes over cookies and CSRF pair, unless the answer belongs to a log-in that was renewed since.
    func absorb(_ response: HTTPTransport.Response, of login: Int, path: String = "/me") {
        guard login == loginNumber else { return }
        let path = transport.server.basePath + path
        if headers.absorb(response.headers, path: path, now: Self.now) { prepared = nil }
    }

    func absorb(_ response: HTTPTransport.Response, path: String) {
        absorb(response, of: loginNumber, path: path)
    }

    /// What every request but the log-in carries.
    func requestHeaders(for path: String) -> HTTPHeaders {
        let now = Self.now
        if let prepared, prepared.expiry > now { return prepared.headers }
        var httpHeaders = HTTPHeaders([
            ("Content-Type", "application/json"), ("Accept", "application/json"),
        ])
        if let cookies = headers.cookieHeader(for: transport.server.basePath + path, now: now) {
            httpHeaders.add(name: "Cookie", value: cookies)
        }
        if let name = headers.csrfName, let token = headers.csrfToken {
            httpHeaders.add(name: name, value: token)
        }
        prepared = headers.isUniform ? (httpHeaders, headers.expiry) : nil
        return httpHeaders
    }

    /// Unix seconds, as cookies and `Retry-After` count.
    static var now: Int64 { Int64(Date().timeIntervalSince1970) }

    /// Unix milliseconds, as deadlines and notifications count.
    static var nowInMilliseconds: Int64 { Int64(Date().timeIntervalSince1970 * 1000) }
}
