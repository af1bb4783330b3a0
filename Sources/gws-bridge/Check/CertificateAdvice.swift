import Foundation

/// Whether a certificate is good, and for how long. Pure.
struct CertificateAdvice: Sendable {
    enum Verdict: Sendable, Hashable {
        case trusted
        /// No authority that is trusted vouches for it.
        case untrusted
        case otherName
        /// No verdict came, and why.
        case unclear(String)
    }

    /// Unix seconds.
    struct Validity: Sendable, Hashable {
        let begins: Int64
        let ends: Int64
    }

    /// As a finding has it, such as `tls amqp`.
    let name: String
    /// Whose it is: where it came from, or what file it is in.
    let owner: String
    /// Of each certificate that was shown, the owner's own first.
    let chain: [Validity]
    let verdict: Verdict
    /// What to do, the keys of the configuration named.
    let remedies: Remedies

    struct Remedies: Sendable, Hashable {
        /// Where nobody vouches for it.
        let authority: String
        /// Where it is for another name.
        let name: String
        /// Where it has ended, or soon will.
        let renewal: String
    }

    static let notice: Int64 = 30 * 86_400

    /// - Parameter now: Unix seconds.
    func finding(now: Int64) -> Finding {
        guard let ends = chain.map(\.ends).min(), let begins = chain.map(\.begins).max() else {
            return Finding(name, .failure, "\(owner) shows no certificate", remedy: remedies.authority)
        }
        // Why it is not trusted then needs no more words.
        if now > ends {
            return Finding(
                name, .failure, "the certificate of \(owner) ended on \(Self.date(ends))",
                remedy: remedies.renewal)
        }
        if now < begins {
            return Finding(
                name, .failure, "the certificate of \(owner) is not good before \(Self.date(begins))",
                remedy: "See whether the clock of this machine is right, and when the certificate was issued."
            )
        }
        switch verdict {
        case .untrusted:
            return Finding(
                name, .failure, "nobody who is trusted vouches for the certificate of \(owner)",
                remedy: remedies.authority)
        case .otherName:
            return Finding(
                name, .failure, "the certificate of \(owner) is for another name", remedy: remedies.name)
        case .unclear(let reason):
            return Finding(
                name, .warning, "no TLS with \(owner): \(reason)",
                remedy: "See what the server's log says of it.")
        case .trusted: break
        }
        let message = "the certificate of \(owner) is good until \(Self.date(ends))"
        guard ends - now < Self.notice else { return Finding(name, .ok, message) }
        return Finding(name, .warning, message, remedy: remedies.renewal)
    }

    private static func date(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601.year().month().day())
    }
}
