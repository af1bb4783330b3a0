import Foundation

/// HAProxy before several servers, as sites have it: whoever comes without its cookie gets to the next one, and stays
/// there for as long as that is up.
public final class Balancer: Sendable {
    public let url: String
    private let directory: TemporaryDirectory
    private let process: Process

    /// - Parameters:
    ///   - ports: of the servers, on this machine.
    ///   - path: what a server that is up answers with 200.
    public init(before ports: [Int], askingFor path: String) throws {
        let port = try FreePort.next()
        url = "http://127.0.0.1:\(port)"
        directory = try TemporaryDirectory()
        let servers = ports.map { "    server node-\($0) 127.0.0.1:\($0) check cookie node-\($0)\n" }.joined()
        let file = try directory.write(
            """
            defaults
                mode http
                retries 2
                option redispatch 1
                timeout connect 1s
                timeout client 60s
                timeout server 60s
            frontend clients
                bind 127.0.0.1:\(port)
                default_backend servers
            backend servers
                balance roundrobin
                cookie NODE insert indirect nocache
                option httpchk GET \(path)
                default-server inter 200ms fall 2 rise 1 on-marked-down shutdown-sessions
            \(servers)
            """, to: "haproxy.cfg")
        process = try Process.inTurn {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/sbin/haproxy")
            process.arguments = ["-db", "-q", "-f", file]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.runUnmasked()
            return process
        }
    }

    deinit { process.terminate() }
}
