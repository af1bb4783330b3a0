import Foundation

/// Where GWS is, and how long it may take.
public struct GWSServer: Sendable, Hashable {
    /// `http(s)://host[:port][/prefix]`, without the `/api/v2` that all of GWS's paths begin with.
    public let url: String
    public var connectTimeout: Duration
    /// For everything but the long poll.
    public var requestTimeout: Duration
    /// Certificates to trust, PEM, in place of the system's.
    public var caFile: String?
    /// Log-ins a second, of all agents together.
    public var loginRate: Double

    public init(
        url: String, connectTimeout: Duration = .seconds(2), requestTimeout: Duration = .seconds(5),
        caFile: String? = nil, loginRate: Double = 20
    ) throws(GWSError) {
        var base = Substring(url)
        while base.hasSuffix("/") { base.removeLast() }
        if base.hasSuffix(Self.apiPath) { base.removeLast(Self.apiPath.count) }
        guard let parts = URLComponents(string: String(base)), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host, !host.isEmpty
        else {
            throw Self.malformed
        }
        guard parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil else {
            throw .invalidServer("the address of GWS must have no user, password, query or fragment")
        }
        self.url = String(base)
        self.connectTimeout = connectTimeout
        self.requestTimeout = requestTimeout
        self.caFile = caFile
        self.loginRate = loginRate
    }

    static let apiPath = "/api/v2"

    static let malformed = GWSError.invalidServer(
        "the address of GWS must be of the form http(s)://host:port")

    /// The path that cookies are matched against.
    var basePath: String { (URLComponents(string: url)?.percentEncodedPath ?? "") + Self.apiPath }

    /// - Parameter path: Below `/api/v2`, encoded.
    func address(of path: String) -> String { url + Self.apiPath + path }
}
