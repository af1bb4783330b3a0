import Foundation
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// The bridge under systemd, which listens on a socket.
@Suite(.timeLimit(.minutes(1)))
struct SystemdTests {
    /// What was told there, a datagram a time.
    private final class Listener: Sendable {
        private let told = NIOLockedValueBox<[String]>([])
        private let descriptor: Int32

        init(at path: String) throws {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            self.descriptor = descriptor
            let isBound = withUnsafePointer(to: &address) { address in
                address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
                }
            }
            guard isBound else { throw POSIXError(.EADDRNOTAVAIL) }
            Thread.detachNewThread { [told] in
                var buffer = [UInt8](repeating: 0, count: 4096)
                while case let count = recv(descriptor, &buffer, buffer.count, 0), count > 0 {
                    let text = String(decoding: buffer[..<count], as: UTF8.self)
                    told.withLockedValue { $0.append(text) }
                }
            }
        }

        deinit { shutdown(descriptor, Int32(SHUT_RDWR)) }

        var lines: [[Substring]] { told.withLockedValue { $0.map { $0.split(separator: "\n") } } }
    }

    @Test func `systemd is told that it has started, why it is not ready, that it works and that it stops`()
        async throws
    {
        let directory = try TemporaryDirectory()
        let listener = try Listener(at: directory.path + "/notify")
        let bridge = try Program(
            "run",
            environment: [
                "GWS_BRIDGE_AMQP_URL": "amqp://127.0.0.1:1", "GWS_BRIDGE_GWS_URL": "http://127.0.0.1:1",
                "GWS_BRIDGE_AGENT": "5001", "GWS_BRIDGE_AGENT_PASSWORD": "secret",
                "GWS_BRIDGE_CONSOLE_PORT": "0", "GWS_BRIDGE_SHUTDOWN_TIMEOUT": "2s",
                "NOTIFY_SOCKET": directory.path + "/notify", "WATCHDOG_USEC": "200000",
            ])
        try await eventually(within: .seconds(20), "it works") {
            listener.lines.count { $0.first == "WATCHDOG=1" } >= 3
        }
        #expect(listener.lines.first?.first == "READY=1")
        let status = listener.lines.last { $0.first?.hasPrefix("STATUS=") == true }?.first ?? ""
        #expect(status.hasPrefix("STATUS=There is no connection to the broker for publishing. "), "\(status)")
        bridge.signal(SIGTERM)
        _ = try await bridge.ended()
        try await eventually(within: .seconds(5), "it has said so") {
            listener.lines.last?.first == "STOPPING=1"
        }
    }
}
