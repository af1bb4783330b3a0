/// What one agent's requests carry besides their content: all cookies that the server set, and the CSRF pair.
///
/// A jar for one agent and one server: cookies for other domains cannot come in, `Domain` is of no interest. All
/// cookies are kept, for a load balancer's decides which node answers. `Secure` is not asked for either: who configured
/// an address without TLS sends the password over it already, and behind a proxy that ends TLS a node says `Secure` to
/// those who come without.
struct SessionHeaders: Sendable, Equatable {
    private struct Cookie: Sendable, Equatable {
        var name: Substring
        var value: Substring
        var path: Substring
        /// Seconds since 1970; nil for as long as the session.
        var expires: Int64?
    }

    /// What a server may make us keep.
    private static let limits = (cookies: 50, bytes: 4096)

    private let basePath: String
    private var cookies: [Cookie] = []
    private(set) var csrfName: String?
    private(set) var csrfToken: String?

    /// - Parameter basePath: What all requests' paths begin with; a cookie's default path is derived from it.
    init(basePath: String) {
        self.basePath = basePath
    }

    /// The HTTP session's id; it changes when the session does.
    var httpSession: String? { value(of: "JSESSIONID") }

    func value(of name: String) -> String? {
        cookies.last { $0.name == name }.map { String($0.value) }
    }

    /// Whether all paths below the base path get the same cookies.
    var isUniform: Bool { cookies.allSatisfy { Self.matches(basePath, $0.path) } }

    /// When the first cookie expires.
    var expiry: Int64 { cookies.lazy.compactMap(\.expires).min() ?? .max }

    /// The `Cookie` header for a path; nil if there is nothing to send.
    func cookieHeader(for path: some StringProtocol, now: Int64) -> String? {
        let fitting = cookies.filter { Self.matches(path, $0.path) && ($0.expires ?? .max) > now }
        guard !fitting.isEmpty else { return nil }
        // RFC 6265 §5.4: longer paths first.
        return fitting.sorted { $0.path.utf8.count > $1.path.utf8.count }
            .map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
    }

    /// Takes over what a response sets.
    ///
    /// - Returns: Whether anything changed.
    mutating func absorb(
        _ headers: some Sequence<(name: String, value: String)>, path: some StringProtocol, now: Int64
    ) -> Bool {
        let before = self
        var name: String?
        var token: String?
        // Lengths first: this looks at every header of every response, and hardly ever finds something.
        for header in headers {
            switch header.name.utf8.count {
            case 10 where header.name.lowercased() == "set-cookie": set(header.value, path: path, now: now)
            case 13 where header.name.lowercased() == "x-csrf-header": name = header.value
            case 12 where header.name.lowercased() == "x-csrf-token": token = header.value
            default: break
            }
        }
        // The one header names the other.
        if let name, Self.isToken(name) {
            token = headers.first { $0.name.lowercased() == name.lowercased() }?.value ?? token
            csrfName = name
        }
        if let token { (csrfName, csrfToken) = (csrfName ?? "X-CSRF-TOKEN", token) }
        return self != before
    }

    private mutating func set(_ header: String, path: some StringProtocol, now: Int64) {
        guard header.utf8.count <= Self.limits.bytes else { return }
        let parts = header.split(separator: ";", omittingEmptySubsequences: false)
        guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { return }
        let name = pair[..<equals].trimmed
        guard !name.isEmpty else { return }
        var cookie = Cookie(
            name: name, value: pair[pair.index(after: equals)...].trimmed, path: Self.defaultPath(of: path))
        var hasMaxAge = false
        for part in parts.dropFirst() {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count > 1 ? halves[1].trimmed : ""
            switch halves[0].trimmed.lowercased() {
            case "path": cookie.path = value.hasPrefix("/") ? value : cookie.path
            case "max-age":
                guard let seconds = Int64(value) else { break }
                hasMaxAge = true
                cookie.expires =
                    seconds <= 0 ? .min : now.addingReportingOverflow(seconds).overflow ? nil : now + seconds
            case "expires" where !hasMaxAge: cookie.expires = HTTPDate.seconds(String(value))
            default: break
            }
        }
        cookies.removeAll { $0.name == cookie.name && $0.path == cookie.path }
        guard (cookie.expires ?? .max) > now else { return }
        cookies.append(cookie)
        if cookies.count > Self.limits.cookies { cookies.removeFirst() }
    }

    private static func defaultPath(of path: some StringProtocol) -> Substring {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return Substring(path[..<slash])
    }

    private static func matches(_ path: some StringProtocol, _ cookiePath: Substring) -> Bool {
        guard path.hasPrefix(cookiePath) else { return false }
        return path.utf8.count == cookiePath.utf8.count || cookiePath.hasSuffix("/")
            || path.dropFirst(cookiePath.count).hasPrefix("/")
    }

    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var rest = self
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}
