import Bridge
import Hummingbird
import Logging
import ServiceLifecycle

/// The operator's endpoint: whether the process works, whether it does its job, how much of it, and a page that shows
/// all of that while it happens.
struct Console: Service {
    /// Where it listens, and who may read it.
    struct Settings: Sendable {
        var host = "127.0.0.1"
        var port = 9180
        /// Nil where everybody may look who reaches it.
        var token: String?
        var showsPersonalData = false
    }

    let settings: Settings
    let logger: Logger
    let metrics: PrometheusFactory
    /// Brings them up to date.
    let refresh: @Sendable () -> Void
    let readiness: @Sendable () async -> Readiness
    let feed: ConsoleFeed
    /// The port that was bound, which is news where 0 was asked for.
    var onListening: @Sendable (Int) async -> Void = { _ in }

    func run() async throws {
        let application = Application(
            router: router,
            // Who says nothing, or comes in crowds, must not use up the descriptors that agents need.
            server: .http1(configuration: .init(idleTimeout: .seconds(30))),
            configuration: .init(
                address: .hostname(settings.host, port: settings.port), serverName: nil,
                availableConnectionsDelegate: .maximum(Self.mostConnections, logger: logger)),
            onServerRunning: { await onListening($0.localAddress?.port ?? settings.port) },
            logger: logger
        )
        try await withThrowingTaskGroup { group in
            group.addTask { await feed.run() }
            group.addTask { try await application.run() }
            defer { group.cancelAll() }
            // The feed ends when it is cancelled, the server when it is to.
            try await group.next()
        }
    }

    static let mostConnections = 64

    private var router: Router<FeedConnection> {
        let router = Router(context: FeedConnection.self)
        let access = ConsoleAccess(token: settings.token, host: settings.host)
        // Those who ask for it are no browsers, and learn one bit.
        router.get("healthz") { _, _ in
            Self.answer(.ok, .json, JSON.object([("alive", "true")]) + "\n")
        }
        router.get("readyz") { request, _ in
            let now = await readiness()
            var members = [("ready", "\(now.isReady)")]
            // The reasons name agents.
            if access.allows(request) {
                members.append(("reasons", JSON.array(now.reasons.map(JSON.quote))))
            }
            return Self.answer(now.isReady ? .ok : .serviceUnavailable, .json, JSON.object(members) + "\n")
        }
        router.get("metrics") { request, _ in
            if settings.token != nil, let refusal = access.refusal(of: request) { return refusal }
            refresh()
            return Self.answer(.ok, .metrics, metrics.text)
        }
        for file in ConsoleFile.allCases {
            router.get(.init(file.path)) { _, _ in Self.answer(.ok, file.type, file.bytes) }
        }
        router.get("events") { request, connection in
            if let refusal = access.refusal(of: request) { return refusal }
            guard let watching = feed.admit() else {
                return Self.answer(.serviceUnavailable, .text, "Too many look at it already.\n")
            }
            return Response(
                status: .ok, headers: ConsoleFile.headers(.events),
                body: ResponseBody { writer in
                    try await connection.write(watching.events, to: &writer)
                    try await writer.finish(nil)
                })
        }
        return router
    }

    fileprivate static func answer(
        _ status: HTTPResponse.Status, _ type: ConsoleFile.MediaType, _ text: String
    ) -> Response {
        answer(status, type, Array(text.utf8))
    }

    fileprivate static func answer(
        _ status: HTTPResponse.Status, _ type: ConsoleFile.MediaType, _ bytes: [UInt8]
    ) -> Response {
        Response(
            status: status, headers: ConsoleFile.headers(type),
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

// A service group logs its services, and would have the token printed.
extension Console: CustomStringConvertible {
    var description: String { "Console(\(settings.host):\(settings.port))" }
}

extension ConsoleAccess {
    fileprivate func allows(_ request: Request) -> Bool { refusal(of: request) == nil }

    fileprivate func refusal(of request: Request) -> Response? {
        switch refusal(authorization: request.headers[.authorization], authority: request.head.authority) {
        case nil: return nil
        case .unauthorized:
            var response = Console.answer(.unauthorized, .text, "The console's token is wanted.\n")
            response.headers[.wwwAuthenticate] = "Bearer"
            return response
        case .foreignName:
            return Console.answer(
                .forbidden, .text, "Ask by address, or set console.token-file: this name may be anybody's.\n")
        }
    }
}
