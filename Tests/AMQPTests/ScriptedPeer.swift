import Foundation
import NIOConcurrencyHelpers

/// A peer that plays a broker badly on purpose: for what RabbitMQ cannot be made to send.
final class ScriptedPeer: Sendable {
    let port: Int
    private let listener: Int32

    /// `script` is run on a thread of its own for each connection, which is closed when it returns.
    init(_ script: @escaping @Sendable (PeerConnection) -> Void) throws {
        let listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutableBytes(of: &address) { bytes in
            let address = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress!
            return bind(listening, address, length) == 0 && listen(listening, 16) == 0
                && getsockname(listening, address, &length) == 0
        }
        guard isListening else { throw CocoaError(.fileWriteUnknown) }
        listener = listening
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread {
            while case let client = accept(listening, nil, nil), client >= 0 {
                Thread.detachNewThread {
                    script(PeerConnection(socket: client))
                    close(client)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}

/// The peer's end of one connection.
struct PeerConnection {
    let socket: Int32

    func write(_ bytes: [UInt8]) {
        _ = send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Reads frames until one with the method of that class and number; false at the end.
    @discardableResult
    func await(_ classID: UInt16, _ methodID: UInt16) -> Bool {
        while let frame = frame() {
            let ids = frame.payload.prefix(4).map(UInt16.init)
            if frame.type == 1, ids.count == 4, ids[0] << 8 | ids[1] == classID,
                ids[2] << 8 | ids[3] == methodID
            {
                return true
            }
        }
        return false
    }

    /// Until the other side closes.
    func awaitEnd() { while frame() != nil {} }

    func method(_ channel: UInt16, _ classID: UInt16, _ methodID: UInt16, _ arguments: [UInt8] = []) {
        frame(1, channel, classID.bytes + methodID.bytes + arguments)
    }

    func frame(_ type: UInt8, _ channel: UInt16, _ payload: [UInt8]) {
        write([type] + channel.bytes + UInt32(payload.count).bytes + payload + [0xce])
    }

    /// Logs a client in, as far as opening its channel and confirms.
    func logIn() {
        _ = read(8)
        method(0, 10, 10, [0, 9] + UInt32(0).bytes + "PLAIN".long + "en_US".long)
        self.await(10, 11)
        method(0, 10, 30, UInt16(0).bytes + UInt32(131_072).bytes + UInt16(0).bytes)
        self.await(10, 40)
        method(0, 10, 41, [0])
        self.await(20, 10)
        method(1, 20, 11, UInt32(0).bytes)
        self.await(85, 10)
        method(1, 85, 11)
    }

    func frame() -> (type: UInt8, payload: [UInt8])? {
        guard let head = read(7) else { return nil }
        let size = head[3...].reduce(0) { $0 << 8 | Int($1) }
        guard let rest = read(size + 1) else { return nil }
        return (head[0], Array(rest.dropLast()))
    }

    private func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        guard recv(socket, &bytes, count, Int32(MSG_WAITALL)) == count else { return nil }
        return bytes
    }
}

extension FixedWidthInteger {
    var bytes: [UInt8] { withUnsafeBytes(of: bigEndian, Array.init) }
}

extension String {
    /// As a long string of the protocol.
    var long: [UInt8] { UInt32(utf8.count).bytes + Array(utf8) }

    /// As a short one.
    var short: [UInt8] { [UInt8(utf8.count)] + Array(utf8) }
}

/// How many files this process has open.
func descriptors() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
}
