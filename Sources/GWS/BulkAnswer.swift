import RawJSON

/// What of a bulk operation was done and what not. Observed with StartContactCenterSession: `{"statusCode":7,
/// "failed":[{"statusCode":4,"statusMessage":"…","channel":"multimedia"}],"succeeded":[{"statusCode":0,"channel":"voice"}]}`.
struct BulkAnswer: Sendable, Hashable {
    /// `multimedia: Interaction server connection is not opened`
    let failures: [String]
    /// The channels.
    let successes: [String]

    init(_ answer: RawJSON) {
        failures = Self.parts(answer["failed"]).map { part in
            let message = part["statusMessage"]?.string ?? "no message"
            return "\(Self.channel(of: part) ?? "a part"): \(message.prefix(200))"
        }
        successes = Self.parts(answer["succeeded"]).compactMap(Self.channel)
    }

    private static func parts(_ list: RawJSON?) -> [RawJSON] {
        list.map { Array($0.elements.prefix(10)) } ?? []
    }

    private static func channel(of part: RawJSON) -> String? {
        part["channel"]?.string.map { String($0.prefix(50)) }
    }

    /// In a sentence.
    var text: String {
        let failed = failures.isEmpty ? [] : ["failed: \(failures.joined(separator: "; "))"]
        let done = successes.isEmpty ? [] : ["done: \(successes.joined(separator: ", "))"]
        return String((["done in part"] + failed + done).joined(separator: "; ").prefix(500))
    }
}
