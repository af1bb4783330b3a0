import Bayeux
import Foundation
public import Logging
import NIOConcurrencyHelpers
import NIOHTTP1

/// One agent's session with GWS: its log-in, its cookies and CSRF pair, the operations it sends and the notifications it
/// polls. It shares no cookie with any other agent.
///
/// It renews a log-in that GWS does not honour any more, once for all requests that find out; besides that it tries nothing
/// again. `run` ends with what went wrong, `perform` says what an operation came to; what happens then is for their callers.
public actor AgentSession {
    private enum Login {
        case out
        /// Under way; those who wait for it.
        case underWay([CheckedContinuation<Result<Int, GWSError>, Never>])
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
    private var headers: SessionHeaders
    /// The HTTP session's cookie as of the last log-in: a refusal may have set another since.
    private var loggedInSession: String?
    private var prepared: (headers: HTTPHeaders, expiry: Int64)?

    var isRunning = false
    /// The HTTP session that the notifications belong to.
    var notificationSession = 0
    /// Cancels the poll in flight.
    var poll: CancelSwitch?
    /// Whether no poll is to be sent any more.
    var isStopping = false
    /// The client id of the last connect, and when its answer came, in Unix milliseconds.
    var lastConnect: (clientID: String, answeredAt: Int64?)?
    /// GWS does not let the agent in. Only `run` asks again, whose caller knows of pauses: a command for each try would lock the
    /// account.
    private var refusal: GWSError?
    /// The server refused a poll although the log-in had just been renewed for it.
    var hasRenewedInVain = false

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

    /// How it goes, without waiting for the session.
    public nonisolated var status: SessionStatus { statusBox.withLockedValue { $0 } }

    // MARK: The log-in

    /// Opens the session if it is not open.
    ///
    /// - Parameter stale: A log-in that GWS did not honour; if nobody has renewed it since, it is renewed.
    /// - Returns: The number of the log-in that holds.
    func logIn(renewing stale: Int? = nil) async throws(GWSError) -> Int {
        while true {
            if let refusal { throw refusal }
            switch login {
            case .done where loginNumber != stale:
                return loginNumber
            case .underWay(let waiting):
                let result = await withCheckedContinuation { continuation in
                    login = .underWay(waiting + [continuation])
                }
                // The one who had taken it on was cancelled; that is no reason for the others to give up.
                if case .failure(.cancelled) = result, !Task.isCancelled { continue }
                return try result.get()
            case .done, .out:
                return try await logInForAll().get()
            }
        }
    }

    private func logInForAll() async -> Result<Int, GWSError> {
        login = .underWay([])
        loginNumber += 1
        let result: Result<Int, GWSError>
        do throws(GWSError) {
            try await sendLogin()
            result = .success(loginNumber)
        } catch {
            if case .loginRefused = error { refusal = error }
            result = .failure(error)
        }
        guard case .underWay(let waiting) = login else { return result }
        if case .success = result { login = .done } else { login = .out }
        for continuation in waiting { continuation.resume(returning: result) }
        return result
    }

    /// `GET /me` with user and password: opens the HTTP session, and brings the CSRF pair (HTCC API reference, CSRFProtection).
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
                    method: .GET, url: transport.server.address(of: path), headers: httpHeaders,
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
        default: throw GWSError(response, now: Self.now)
        }
        absorb(response, of: loginNumber)
        if headers.httpSession != loggedInSession || httpSession == 0 {
            loggedInSession = headers.httpSession
            httpSession += 1
            statusBox.withLockedValue { $0.deviceIDs = nil }
            // It belongs to a session that is no more: nothing can be expected of it.
            poll?.pull()
        }
        logger.debug("Logged in to GWS")
    }

    var isLoggedIn: Bool { if case .done = login { true } else { false } }

    /// From now on GWS is asked again whether it lets the agent in.
    func forgetRefusal() {
        refusal = nil
    }

    /// The session is not to be relied on; the next request logs in.
    func logOut() {
        if case .done = login { login = .out }
    }

    // MARK: Headers

    /// Takes over cookies and CSRF pair, unless the answer belongs to a log-in that was renewed since.
    func absorb(_ response: HTTPTransport.Response, of login: Int, path: String = "/me") {
        guard login == loginNumber else { return }
        let fullPath = transport.server.basePath + path
        if headers.absorb(response.headers, path: fullPath, now: Self.now) { prepared = nil }
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

/// How an agent's session goes.
public struct SessionStatus: Sendable {
    public enum Phase: Sendable, Hashable {
        case idle, starting, polling, renewing
        case failed(String)
    }

    public internal(set) var phase = Phase.idle
    /// When the server last answered a poll.
    public internal(set) var lastPollAnswered: ContinuousClock.Instant?
    /// Unix milliseconds: of what happened before, nothing was missed since the last `started` or `pollLost`. What those say
    /// may have been missed happened later. Nil before the second poll.
    public internal(set) var unbrokenUntil: Int64?
    /// Whether the server grants acknowledgement of notifications.
    public internal(set) var acknowledges = false
    /// Of GWS, once `version` was asked for.
    public internal(set) var serverVersion: String?
    /// The agent's devices, once they were asked for; nil again when they may have changed.
    public internal(set) var deviceIDs: [String]?
    /// What GWS's own URIs begin with, once a call was seen.
    var apiURL: String?
}

extension GWSError {
    init(_ failure: HTTPTransport.Failure, doing what: String) {
        switch failure.kind {
        case .notSent: self = .unreachable(failure.reason)
        case .timedOut: self = failure.mayHaveBeenSent ? .timedOut(what) : .unreachable(failure.reason)
        case .cut: self = .disconnected(failure.reason)
        case .tooLarge: self = .unexpectedAnswer(failure.reason)
        case .cancelled: self = .cancelled
        }
    }

    /// An answer that is not what was hoped for.
    init(_ response: HTTPTransport.Response, now: Int64) {
        let answer = GWSAnswer(response.body)
        switch response.status {
        case 429, 503:
            self = .unavailable(httpStatus: response.status, retryAfter: response.retryAfter(now: now))
        case _ where answer.statusCode != nil:
            self = .refused(
                httpStatus: response.status, statusCode: answer.statusCode,
                statusMessage: answer.statusMessage)
        case 200..<300: self = .unexpectedAnswer("HTTP \(response.status) without GWS's JSON")
        default: self = .unexpectedAnswer("HTTP \(response.status)")
        }
    }
}
