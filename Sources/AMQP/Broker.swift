/// Where the broker is, who we are to it, and how long we wait for it.
public struct Broker: Sendable {
    /// One address of the broker; of a cluster, several are tried in turn.
    public struct Endpoint: Sendable, Hashable {
        public var host: String
        public var port: Int
        public var usesTLS: Bool
        public var user: String
        public var password: String
        public var virtualHost: String

        public init(
            host: String,
            port: Int? = nil,
            usesTLS: Bool = false,
            user: String = "guest",
            password: String = "guest",
            virtualHost: String = "/"
        ) {
            self.host = host
            self.port = port ?? (usesTLS ? 5671 : 5672)
            self.usesTLS = usesTLS
            self.user = user
            self.password = password
            self.virtualHost = virtualHost
        }
    }

    public enum Mechanism: Sendable, Hashable {
        case plain
        /// The client certificate says who we are.
        case external
    }

    public struct TLS: Sendable, Hashable {
        /// PEM; the only certificates the broker's is checked against.
        public var caFile: String
        public var certificateFile: String?
        public var keyFile: String?
        /// The name the broker's certificate must carry, where that is not the endpoint's host.
        public var serverName: String?

        public init(
            caFile: String,
            certificateFile: String? = nil,
            keyFile: String? = nil,
            serverName: String? = nil
        ) {
            self.caFile = caFile
            self.certificateFile = certificateFile
            self.keyFile = keyFile
            self.serverName = serverName
        }
    }

    public var endpoints: [Endpoint]
    public var mechanism: Mechanism = .plain
    public var tls: TLS?
    /// Whole seconds on the wire; zero is none, and then a frozen link is only seen by what hangs on it.
    public var heartbeat: Duration = .seconds(10)
    /// TCP, TLS and the AMQP handshake together, for each endpoint.
    public var connectTimeout: Duration = .seconds(5)
    /// Every call that the broker answers.
    public var operationTimeout: Duration = .seconds(10)
    /// How old the oldest unconfirmed message may become while the broker does not block us.
    public var confirmTimeout: Duration = .seconds(30)

    public init(endpoints: [Endpoint]) {
        self.endpoints = endpoints
    }
}

extension Broker.Endpoint: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without the password.
    public var description: String {
        let shown = host.contains(":") ? "[\(host)]" : host
        return
            "\(usesTLS ? "amqps" : "amqp")://\(user)@\(shown):\(port)/\(virtualHost == "/" ? "" : virtualHost)"
    }

    public var debugDescription: String { description }

    /// So that `dump` and interpolation of what holds it show no password either.
    public var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}

extension Broker {
    /// Whom the broker knows us as; nil where a certificate says so, or the addresses do not agree.
    public var onlyUser: String? {
        let users = Set(endpoints.map(\.user))
        return mechanism == .plain && users.count == 1 ? users.first : nil
    }
}
