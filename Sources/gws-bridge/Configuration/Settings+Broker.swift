import AMQP

extension Settings {
    /// All that `send` and `tail` need: they know nothing of GWS or its agents.
    func broker() throws(ConfigurationError) -> Broker {
        let urls = list("amqp.url")
        guard !urls.isEmpty else {
            throw ConfigurationError(
                "amqp.url: is not set; give the broker, like amqp://user:password@host:5672/vhost")
        }
        var broker: Broker
        do {
            broker = try Broker(urls: urls)
        } catch {
            throw ConfigurationError(at: origin("amqp.url"), "amqp.url", "\(error)")
        }
        broker.heartbeat = duration("amqp.heartbeat")
        broker.mechanism = text("amqp.mechanism") == "external" ? .external : .plain
        broker.tls = try tls(isUsed: broker.endpoints.contains(where: \.usesTLS))
        guard broker.mechanism == .plain || broker.tls?.certificateFile != nil else {
            let reason = "external needs amqps and amqp.tls.certificate-file: the certificate says who we are"
            throw ConfigurationError(at: origin("amqp.mechanism"), "amqp.mechanism", reason)
        }
        return broker
    }

    private func tls(isUsed: Bool) throws(ConfigurationError) -> Broker.TLS? {
        let unused = ConfigurationKey.all.first { $0.name.hasPrefix("amqp.tls.") && settings[$0.name] != nil }
        guard isUsed else {
            guard let unused else { return nil }
            throw ConfigurationError(
                at: origin(unused.name), unused.name, "is set, but no amqp.url begins with amqps://")
        }
        guard let caFile = text("amqp.tls.ca-file") else {
            throw ConfigurationError(
                "amqp.tls.ca-file: is not set; amqps needs to know which authorities to trust")
        }
        let certificate = text("amqp.tls.certificate-file")
        let key = text("amqp.tls.key-file")
        guard (certificate == nil) == (key == nil) else {
            throw ConfigurationError(
                "amqp.tls.certificate-file, amqp.tls.key-file: one is set without the other")
        }
        return Broker.TLS(
            caFile: caFile, certificateFile: certificate, keyFile: key,
            serverName: text("amqp.tls.server-name"))
    }
}
