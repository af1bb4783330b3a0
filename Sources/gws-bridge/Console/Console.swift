import Bridge
import Hummingbird
import Logging
import ServiceLifecycle

/// The operator's endpoint: whether the process works, whether it does its job, and how much of it.
struct Console: Service {
    let host: String
    let port: Int
    let logger: Logger
    let metrics: PrometheusFactory
    /// Brings them up to date.
    let refresh: @Sendable () -> Void
    let readiness: @Sendable () async -> Readiness
    /// The port that was bound, which is news where 0 was asked for.
    var onListening: @Sendable (Int) async -> Void = { _ in }

    func run() async throws {
        let router = Router()
        router.get("healthz") { _, _ in Self.answer(.ok, Self.json, JSON.object([("alive", "true")]) + "\n") }
        router.get("readyz") { _, _ in
            let now = await readiness()
            let body = JSON.object([
                ("ready", "\(now.isReady)"), ("reasons", JSON.array(now.reasons.map(JSON.quote))),
            ])
            return Self.answer(now.isReady ? .ok : .serviceUnavailable, Self.json, body + "\n")
        }
        router.get("metrics") { _, _ in
            refresh()
            return Self.answer(.ok, PrometheusText.contentType, metrics.text)
        }
        let application = Application(
            router: router,
            configuration: .init(address: .hostname(host, port: port), serverName: nil),
            onServerRunning: { await onListening($0.localAddress?.port ?? port) },
            logger: logger
        )
        try await application.run()
    }

    private static let json = "application/json"

    private static func answer(_ status: HTTPResponse.Status, _ type: String, _ text: String) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
