internal import CRabbitMQ
internal import Glibc

/// Owns librabbitmq's connection; not Sendable, and never off the connection's thread.
///
/// Connecting blocks, within its time limits. After that nothing here waits for the broker: what is sent is sent only
/// while the socket has room, and answers come as frames. After any error it is good for nothing but to be closed.
final class ConnectionHandle {
    static let channel: amqp_channel_t = 1
    /// What RabbitMQ offers; librabbitmq allocates one such buffer.
    static let frameMax: Int32 = 131_072

    let state: amqp_connection_state_t
    let watch: Watch
    let arena = Arena()
    let usesTLS: Bool
    /// What OpenSSL made of the broker's certificate; its callback may come again, so it lives as long as we do.
    let verdict = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    private(set) var frameMax = Int(ConnectionHandle.frameMax)
    private(set) var heartbeat: Duration = .zero
    private var allowance = 0
    /// False once the library has failed at what it read. It keeps half a frame then, and writes over its own state
    /// when it is asked for another (rabbitmq-c #837, in 0.11).
    private(set) var mayRead = true
    /// How many sends there were, for who wants to know whether there were any.
    private(set) var framesSent = 0

    init(watch: Watch, usesTLS: Bool) {
        // As Swift itself ends where there is none; the library has no other reason.
        guard let state = amqp_new_connection() else { fatalError("out of memory") }
        self.state = state
        self.watch = watch
        self.usesTLS = usesTLS
        verdict.initialize(to: Int32(X509_V_OK))
    }

    deinit {
        amqp_destroy_connection(state)
        verdict.deallocate()
        watch.retire()
    }

    /// Takes over what the login negotiated.
    func tuned() {
        frameMax = Int(amqp_get_frame_max(state))
        heartbeat = .seconds(Int(amqp_get_heartbeat(state)))
    }

    /// Whether the library has frames or bytes that polling the socket would not tell of.
    var hasMore: Bool { amqp_frames_enqueued(state) != 0 || amqp_data_in_buffer(state) != 0 }

    /// Whether something has come in since the thread slept.
    var isReadable: Bool {
        var descriptor = pollfd(fd: watch.socket, events: Int16(POLLIN), revents: 0)
        return poll(&descriptor, 1, 0) > 0
    }

    /// The next frame that is there, or nil. What it points to is gone after `release()`.
    func nextFrame() throws(AMQPError) -> amqp_frame_t? {
        guard mayRead else { return nil }
        var frame = amqp_frame_t()
        var zero = timeval()
        let status = amqp_simple_wait_frame_noblock(state, &frame, &zero)
        if status == AMQP_STATUS_TIMEOUT.rawValue { return nil }
        if status < 0 { mayRead = false }
        try check(status)
        return frame
    }

    /// Gives the memory of the frames back for the next; all that is wanted of them has been copied.
    func release() { amqp_maybe_release_buffers_on_channel(state, Self.channel) }

    func releaseAll() { amqp_maybe_release_buffers(state) }

    /// How many bytes may be written without the library having to wait for the socket; 0 is none now.
    ///
    /// The kernel calls a TCP socket writable while at least a third of its send buffer is free. So a quarter of it
    /// may be filled before it is asked again, and when it says no, polling for it wakes us at the right time.
    func room() -> Int {
        if allowance > 0 { return allowance }
        var descriptor = pollfd(fd: watch.socket, events: Int16(POLLOUT), revents: 0)
        guard poll(&descriptor, 1, 0) > 0 else { return 0 }
        var size: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(watch.socket, SOL_SOCKET, SO_SNDBUF, &size, &length)
        allowance = max(Int(size) / 4, 4096)
        return allowance
    }

    /// Holds packets back until they are full, so that many small frames make few of them.
    func cork(_ isOn: Bool) {
        var value: Int32 = isOn ? 1 : 0
        setsockopt(watch.socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    func send<Method>(
        _ id: amqp_method_number_t, _ method: Method, channel: amqp_channel_t = ConnectionHandle.channel
    ) throws(AMQPError) {
        var method = method
        allowance -= 64
        framesSent += 1
        try check(withUnsafeMutablePointer(to: &method) { amqp_send_method(state, channel, id, $0) })
        arena.recycle()
    }

    func send(_ settlement: Acks.Message) throws(AMQPError) {
        switch settlement {
        case .ack(let tag, let multiple):
            let ack = amqp_basic_ack_t(delivery_tag: tag, multiple: multiple ? 1 : 0)
            try send(AMQP_BASIC_ACK_METHOD, ack)
        case .reject(let tag, let requeue):
            let reject = amqp_basic_reject_t(delivery_tag: tag, requeue: requeue ? 1 : 0)
            try send(AMQP_BASIC_REJECT_METHOD, reject)
        }
    }

    func sendHeartbeat() throws(AMQPError) {
        var frame = amqp_frame_t()
        frame.frame_type = UInt8(AMQP_FRAME_HEARTBEAT)
        try check(amqp_send_frame(state, &frame))
        allowance -= WireSize.frame
        framesSent += 1
    }

    /// The frames of a message before its body.
    func sendHead(of message: AMQPMessage) throws(AMQPError) {
        var method = amqp_basic_publish_t()
        method.exchange = arena.bytes(message.exchange)
        method.routing_key = arena.bytes(message.routingKey)
        method.mandatory = message.isMandatory ? 1 : 0
        try check(
            withUnsafeMutablePointer(to: &method) {
                amqp_send_method(state, Self.channel, amqp_method_number_t(AMQP_BASIC_PUBLISH_METHOD), $0)
            })
        var properties = arena.properties(message.properties)
        var frame = amqp_frame_t()
        frame.frame_type = UInt8(AMQP_FRAME_HEADER)
        frame.channel = Self.channel
        frame.payload.properties.class_id = UInt16(AMQP_BASIC_CLASS)
        frame.payload.properties.body_size = UInt64(message.body.count)
        try check(
            withUnsafeMutablePointer(to: &properties) {
                frame.payload.properties.decoded = UnsafeMutableRawPointer($0)
                return amqp_send_frame(state, &frame)
            })
        allowance -= 128
        framesSent += 1
        arena.recycle()
    }

    /// Sends one frame of the body from `offset` on and returns how much of it that was.
    func sendBody(of message: AMQPMessage, from offset: Int) throws(AMQPError) -> Int {
        let size = min(message.body.count - offset, frameMax - WireSize.frame, max(allowance, 4096))
        var frame = amqp_frame_t()
        frame.frame_type = UInt8(AMQP_FRAME_BODY)
        frame.channel = Self.channel
        try check(
            message.body.withUnsafeBytes { body in
                let start = UnsafeMutableRawPointer(mutating: body.baseAddress! + offset)
                frame.payload.body_fragment = amqp_bytes_t(len: size, bytes: start)
                return amqp_send_frame(state, &frame)
            })
        allowance -= size + WireSize.frame
        framesSent += 1
        return size
    }

    /// Throws the library's words for a status that is not OK.
    func check(_ status: Int32) throws(AMQPError) {
        guard status < 0 else { return }
        // A send reads as well while it waits for the socket; only where that was not what failed may reading go on.
        let ofSocket = [AMQP_STATUS_SOCKET_ERROR, AMQP_STATUS_CONNECTION_CLOSED, AMQP_STATUS_SSL_ERROR]
        if !ofSocket.contains(where: { $0.rawValue == status }) { mayRead = false }
        if watch.hasExpired { throw Self.hung }
        throw .disconnected(reason: Self.text(status))
    }

    static let hung = AMQPError.stalled(reason: "the library hung until the socket was shut")

    static func text(_ status: Int32) -> String { String(cString: amqp_error_string2(status)) }
}
