internal import CRabbitMQ
internal import Glibc

extension ConnectionHandle {
    /// Connects to one endpoint and logs in; blocks, at most for the broker's connect timeout.
    static func open(
        _ endpoint: Broker.Endpoint, of broker: Broker, name: String, watch: Watch
    ) throws(AMQPError) -> (ConnectionHandle, ServerProperties) {
        try endpoint.check(broker, name: name)
        let handle = ConnectionHandle(watch: watch, usesTLS: endpoint.usesTLS)
        let deadline = ContinuousClock.now + broker.connectTimeout
        // The library keeps the limit itself everywhere but in the resolver.
        watch.enter(limit: broker.connectTimeout + .milliseconds(500))
        defer { watch.leave() }
        try handle.connect(endpoint, broker, deadline)
        try handle.logIn(endpoint, broker, name, deadline)
        handle.tuned()
        try handle.openChannel(endpoint, deadline)
        let properties = FieldTable(amqp_get_server_properties(handle.state).pointee)
        handle.releaseAll()
        return (handle, ServerProperties(endpoint: endpoint, properties: properties))
    }

    private func connect(
        _ endpoint: Broker.Endpoint, _ broker: Broker, _ deadline: ContinuousClock.Instant
    ) throws(AMQPError) {
        let socket =
            if endpoint.usesTLS, let tls = broker.tls {
                try tlsSocket(tls, serverName: tls.serverName ?? endpoint.host)
            } else {
                amqp_tcp_socket_new(state)
            }
        guard let socket else { throw .tls(reason: "no TLS context: \(Self.opensslError())") }
        var left = timeval(until: deadline)
        let status = amqp_socket_open_noblock(socket, endpoint.host, Int32(endpoint.port), &left)
        if verdict.pointee != X509_V_OK {
            let reason = String(cString: X509_verify_cert_error_string(Int(verdict.pointee)))
            throw .tls(reason: "\(endpoint) has a certificate that does not verify: \(reason)")
        }
        guard status == AMQP_STATUS_OK.rawValue else {
            // The resolver's and the handshake's own words say more than the library's.
            let detail = endpoint.usesTLS ? Self.opensslError() : ""
            throw .unreachable(
                endpoint: "\(endpoint)", reason: Self.text(status) + (detail.isEmpty ? "" : " (\(detail))"))
        }
        watch.take(amqp_get_sockfd(state))
        keepAlive(broker)
    }

    private func tlsSocket(
        _ tls: Broker.TLS, serverName: String
    ) throws(AMQPError) -> OpaquePointer {
        guard let socket = amqp_ssl_socket_new(state) else {
            throw .tls(reason: "no TLS context: \(Self.opensslError())")
        }
        // OpenSSL checks both, see the shim; the library's own checks of 0.11 know no other name than the host's.
        amqp_ssl_socket_set_verify_peer(socket, 0)
        amqp_ssl_socket_set_verify_hostname(socket, 0)
        guard crabbitmq_require_peer(amqp_ssl_socket_get_context(socket), serverName, verdict) == 1 else {
            throw .tls(reason: "the server name \(serverName) cannot be checked")
        }
        guard amqp_ssl_socket_set_cacert(socket, tls.caFile) == AMQP_STATUS_OK.rawValue else {
            throw .tls(reason: "the CA file \(tls.caFile) cannot be used: \(Self.opensslError())")
        }
        if let certificate = tls.certificateFile {
            let key = tls.keyFile ?? certificate
            guard amqp_ssl_socket_set_key(socket, certificate, key) == AMQP_STATUS_OK.rawValue else {
                throw .tls(
                    reason: "\(certificate) with the key \(key) cannot be used: \(Self.opensslError())")
            }
        }
        return socket
    }

    /// Besides the heartbeat: the kernel gives up a link that takes nothing.
    private func keepAlive(_ broker: Broker) {
        let descriptor = watch.socket
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, socklen_t(MemoryLayout<Int32>.size))
        guard broker.heartbeat > .zero else { return }
        var limit = UInt32(clamping: broker.heartbeat.inNanoseconds / 1_000_000 * 3)
        let size = socklen_t(MemoryLayout<UInt32>.size)
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &limit, size)
    }

    private func logIn(
        _ endpoint: Broker.Endpoint, _ broker: Broker, _ name: String, _ deadline: ContinuousClock.Instant
    ) throws(AMQPError) {
        var left = timeval(until: deadline)
        amqp_set_handshake_timeout(state, &left)
        amqp_set_rpc_timeout(state, &left)
        var properties = arena.table(Self.clientProperties(name))
        // 0 is none; and nothing that rounds to none by accident.
        let heartbeat = Int32(clamping: (broker.heartbeat.inNanoseconds + 999_999_999) / 1_000_000_000)
        let reply =
            switch broker.mechanism {
            case .plain:
                crabbitmq_login_plain(
                    state, endpoint.virtualHost, Self.frameMax, heartbeat, &properties, endpoint.user,
                    endpoint.password)
            case .external:
                // RabbitMQ takes the name from the certificate, but the library cannot send an empty one.
                crabbitmq_login_external(
                    state, endpoint.virtualHost, Self.frameMax, heartbeat, &properties,
                    endpoint.user.isEmpty ? "certificate" : endpoint.user)
            }
        arena.recycle()
        try checkOpening(reply, endpoint)
    }

    private func openChannel(
        _ endpoint: Broker.Endpoint, _ deadline: ContinuousClock.Instant
    ) throws(AMQPError) {
        var left = timeval(until: deadline)
        amqp_set_rpc_timeout(state, &left)
        amqp_channel_open(state, Self.channel)
        try checkOpening(amqp_get_rpc_reply(state), endpoint)
        left = timeval(until: deadline)
        amqp_set_rpc_timeout(state, &left)
        amqp_confirm_select(state, Self.channel)
        try checkOpening(amqp_get_rpc_reply(state), endpoint)
    }

    private static func clientProperties(_ name: String) -> FieldTable {
        [
            "product": "gws-bridge",
            "connection_name": .string(name),
            "capabilities": [
                "consumer_cancel_notify": true,
                "connection.blocked": true,
                "publisher_confirms": true,
                "basic.nack": true,
                "authentication_failure_close": true,
                "exchange_exchange_bindings": true,
            ],
        ]
    }

    private static func opensslError() -> String {
        let code = ERR_peek_last_error()
        guard code != 0, let text = ERR_reason_error_string(code) else { return "" }
        return String(cString: text)
    }
}

extension Broker.Endpoint {
    /// C strings end at NUL, and a login must not be cut short.
    fileprivate func check(_ broker: Broker, name: String) throws(AMQPError) {
        let texts = [host, user, password, virtualHost, broker.tls?.caFile, broker.tls?.certificateFile]
        guard !texts.contains(where: { $0?.utf8.contains(0) == true }) else {
            throw .invalidBroker(reason: "a NUL in the settings of \(host)")
        }
        guard virtualHost.utf8.count <= 255, user.utf8.count <= 255, name.utf8.count <= 255 else {
            throw .invalidBroker(reason: "virtual host, user or connection name has more than 255 bytes")
        }
        guard !usesTLS || broker.tls != nil else {
            throw .invalidBroker(reason: "\(host) is to be reached by TLS, and no CA file is set")
        }
        guard broker.mechanism != .external || usesTLS else {
            throw .invalidBroker(reason: "\(host) is to take a client certificate, and is not reached by TLS")
        }
    }
}

extension timeval {
    init(until deadline: ContinuousClock.Instant) {
        let left = max(1000, (deadline - .now).inNanoseconds)
        self.init(tv_sec: Int(left / 1_000_000_000), tv_usec: Int(left % 1_000_000_000 / 1000))
    }
}
