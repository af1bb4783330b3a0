import Bridge
import Foundation
import Logging
import ServiceLifecycle

/// Tells systemd how the bridge goes, where that has begun it with `Type=notify`: that it has started and that it stops,
/// in its status why it is not ready, and again and again that it works still (sd_notify(3)).
///
/// It has started when the configuration is read. Broker and GWS may come later: a bridge that waits for them is well.
struct SystemdNotifier: Service {
    /// A path, or a name that begins with `@`.
    private let socket: String
    private let pause: Duration
    private let logger: Logger
    private let readiness: @Sendable () -> Readiness

    /// How often the status is told, where there is no watchdog to be told more often.
    private static let longestPause = Duration.seconds(5)

    /// - Parameter environment: as systemd has made it; nil where there is nobody to tell.
    init?(
        _ environment: [String: String], logger: Logger, readiness: @escaping @Sendable () -> Readiness
    ) {
        guard let socket = environment["NOTIFY_SOCKET"], socket.hasPrefix("/") || socket.hasPrefix("@") else {
            return nil
        }
        self.socket = socket
        self.logger = logger
        self.readiness = readiness
        let watchdog = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
        pause = min(watchdog.map { .microseconds($0 / 2) } ?? Self.longestPause, Self.longestPause)
    }

    func run() async throws {
        tell("READY=1")
        tell(status)
        // Stopped or cancelled, there is nothing more to say than that.
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: pause)
                tell("WATCHDOG=1")
                tell(status)
            }
        }
        tell("STATUS=Stopping.")
        tell("STOPPING=1")
    }

    private var status: String {
        let readiness = readiness()
        let words = readiness.isReady ? "Ready." : readiness.reasons.joined(separator: " ")
        // systemd takes four kilobytes at a time; the whole of it is at /readyz.
        return String(("STATUS=" + words.replacing("\n", with: " ")).unicodeScalars.prefix(900))
    }

    /// Without waiting: who does not listen is not told.
    private func tell(_ words: String) {
        let text = Array(words.utf8)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(socket.utf8)
        if socket.hasPrefix("@") { path[0] = 0 }
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let descriptor = Foundation.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        let sent = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(
                    descriptor, text, text.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL),
                    address,
                    length)
            }
        }
        guard sent != text.count else { return }
        logger.debug("systemd could not be told", metadata: ["reason": "\(String(cString: strerror(errno)))"])
    }
}
