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
        guard let first = chain.first else {
            return Finding(name, .failure, "\(owner) shows no certificate", remedy: remedies.authority)
        }
        // Of those that are shown some may not be needed: a server may still send an old root along.
        let needed = verdict == .trusted ? [first] : chain
        let (ends, begins) = (
            needed.map(\.ends).min() ?? first.ends, needed.map(\.begins).max() ?? first.begins
        )
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
        let next = chain.map(\.ends).min() ?? ends
        let message = "the certificate of \(owner) is good until \(Self.date(ends))"
        guard next - now < Self.notice else { return Finding(name, .ok, message) }
        let others = next < ends ? "; one that it shows beside it only until \(Self.date(next))" : ""
        return Finding(name, .warning, message + others, remedy: remedies.renewal)
    }

    private static func date(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: TimeInterval(seconds)).formatted(.iso8601.year().month().day())
    }
}
