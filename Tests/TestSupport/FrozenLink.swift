import Glibc
import NIOConcurrencyHelpers

/// A TCP link on loopback that can stop passing bytes without a word, go on, be cut, and be refused.
///
/// What is held up is not lost: both ends see a peer that neither reads nor writes nor closes.
public final class FrozenLink: Sendable {
    public let port: Int
    private let targetPort: Int
    private let listener: NIOLockedValueBox<Int32?>
    /// True while frozen; pumps wait for false before they pass anything on. The last is that of new connections, those
    /// before are of stranded ones.
    private let gates = NIOLockedValueBox([ConditionLock(value: false)])
    private let sockets = NIOLockedValueBox<Set<Int32>>([])

    /// Passes on to `targetPort` on loopback.
    public init(to targetPort: Int) throws {
        let (listening, port) = try Self.listen(on: 0)
        self.targetPort = targetPort
        self.port = port
        listener = NIOLockedValueBox(listening)
        takeConnections(of: listening)
    }

    private static func listen(on port: Int) throws -> (listener: Int32, port: Int) {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = Self.address(port)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutableBytes(of: &address) { bytes in
            let address = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!
            return bind(listening, address, length) == 0 && Glibc.listen(listening, 128) == 0
                && getsockname(listening, address, &length) == 0
        }
        guard isListening else {
            throw PrivateBroker.Failure(description: "no proxy: \(String(cString: strerror(errno)))")
        }
        return (listening, Int(UInt16(bigEndian: address.sin_port)))
    }

    private func takeConnections(of listening: Int32) {
        startThread { [weak self] in
            while true {
                let client = accept(listening, nil, nil)
                guard client >= 0 else { return }
                guard let self else {
                    close(client)
                    return
                }
                self.connect(client)
            }
        }
    }

    deinit {
        for gate in gates.withLockedValue(\.self) { Self.set(gate, false) }
        refuse()
    }

    public func freeze() { Self.set(gate, true) }

    public func thaw() { Self.set(gate, false) }

    /// What is connected now never passes a byte again, and is not closed either; new connections are as ever.
    public func strand() {
        freeze()
        gates.withLockedValue { $0.append(ConditionLock(value: false)) }
    }

    /// Closes what is connected now; new connections are taken.
    public func cut() {
        sockets.withLockedValue { for socket in $0 { shutdown(socket, Int32(SHUT_RDWR)) } }
    }

    /// Closes what is connected now, and whoever connects is refused, as by a server that is not there.
    public func refuse() {
        let listening = listener.withLockedValue { listener in
            defer { listener = nil }
            return listener
        }
        if let listening {
            shutdown(listening, Int32(SHUT_RDWR))
            close(listening)
        }
        cut()
    }

    /// Takes connections again, on the same port.
    public func admit() throws {
        let (listening, _) = try Self.listen(on: port)
        listener.withLockedValue { $0 = listening }
        takeConnections(of: listening)
    }

    private var gate: ConditionLock<Bool> { gates.withLockedValue { $0[$0.count - 1] } }

    private static func set(_ gate: ConditionLock<Bool>, _ isFrozen: Bool) {
        gate.lock()
        gate.unlock(withValue: isFrozen)
    }

    private func connect(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = Self.address(targetPort)
        let status = withUnsafeMutableBytes(of: &address) {
            Glibc.connect(
                server, $0.assumingMemoryBound(to: sockaddr.self).baseAddress!,
                socklen_t(MemoryLayout<sockaddr_in>.size))
        }
        guard status == 0 else {
            close(server)
            close(client)
            return
        }
        sockets.withLockedValue { $0.formUnion([client, server]) }
        let pumps = NIOLockedValueBox(2)
        let gate = gate
        for (source, sink) in [(client, server), (server, client)] {
            startThread { [sockets] in
                Self.pump(source, sink, gate)
                shutdown(source, Int32(SHUT_RDWR))
                shutdown(sink, Int32(SHUT_RDWR))
                // The second to end closes both.
                let isLast = pumps.withLockedValue { pumps in
                    pumps -= 1
                    return pumps == 0
                }
                guard isLast else { return }
                sockets.withLockedValue { _ = ($0.remove(source), $0.remove(sink)) }
                close(source)
                close(sink)
            }
        }
    }

    private static func pump(_ source: Int32, _ sink: Int32, _ gate: ConditionLock<Bool>) {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            gate.lock(whenValue: false)
            gate.unlock()
            let count = read(source, &buffer, buffer.count)
            guard count > 0 else { return }
            // It may have frozen while we waited for something to pass on.
            gate.lock(whenValue: false)
            gate.unlock()
            var sent = 0
            while sent < count {
                let written = buffer.withUnsafeBytes {
                    send(sink, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
                }
                guard written > 0 else { return }
                sent += written
            }
        }
    }

    private static func address(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}

/// A thread for what blocks in the kernel; tasks must not.
func startThread(_ body: @escaping @Sendable () -> Void) {
    final class Box {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let status = pthread_create(
        &thread, nil,
        {
            Unmanaged<Box>.fromOpaque($0!).takeRetainedValue().body()
            return nil
        }, Unmanaged.passRetained(Box(body)).toOpaque())
    precondition(status == 0, "no thread for a test's proxy")
    pthread_detach(thread)
}
