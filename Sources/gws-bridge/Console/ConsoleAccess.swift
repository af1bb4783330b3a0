import Crypto
import Foundation

/// Who may read the console.
struct ConsoleAccess: Sendable {
    /// Nil where everybody may who reaches it.
    let token: String?
    /// What the console listens on.
    let host: String

    enum Refusal: Sendable, Hashable {
        /// 401: no token, or a wrong one.
        case unauthorized
        /// 403: a name that anybody may point at this machine.
        case foreignName
    }

    /// - Parameters:
    ///   - authorization: the header of the request, `Bearer` and the token.
    ///   - authority: what the client believes to talk to, with a port perhaps.
    func refusal(authorization: String?, authority: String?) -> Refusal? {
        if let token {
            guard let given = authorization.flatMap(Self.bearer), Self.isSame(given, token) else {
                return .unauthorized
            }
            return nil
        }
        return isOurs(authority ?? "") ? nil : .foreignName
    }

    private static func bearer(_ header: String) -> String? {
        guard header.prefix(7).lowercased() == "bearer " else { return nil }
        return header.dropFirst(7).trimmingCharacters(in: .whitespaces)
    }

    /// In the same time wherever they differ.
    private static func isSame(_ one: String, _ other: String) -> Bool {
        SHA256.hash(data: Data(one.utf8)) == SHA256.hash(data: Data(other.utf8))
    }

    /// A page from elsewhere reaches a console on loopback by a name of its own that it has pointed here (DNS
    /// rebinding); the browser then tells that name. An address, a name without dots and the configured name cannot be
    /// such a one.
    private func isOurs(_ authority: String) -> Bool {
        if authority.hasPrefix("[") { return true }
        let name = authority.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init)
        guard let name, !name.isEmpty else { return false }
        if name.lowercased() == host.lowercased() || !name.contains(".") { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}
