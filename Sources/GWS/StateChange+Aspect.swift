public import RawJSON

// What of a resource a change is about.
extension StateChange {
    /// The members of the resource that it looks at. Of two changes that share one, the later may hide the earlier.
    public var members: Set<String> { Set(conditions.compactMap(\.path.first)) }

    /// The values of what it looks at, in a short text: two that differ tell that something has changed there.
    public func aspect(of resource: RawJSON) -> String {
        let values = conditions.map { condition in
            let value = resource.value(at: condition.path).map { String(decoding: $0.bytes, as: UTF8.self) }
            return "\(condition.path.joined(separator: "."))=\(value ?? "")"
        }
        let text = values.joined(separator: "&")
        return text.utf8.count <= Self.longestAspect ? text : "\(text.utf8.count):\(Self.digest(of: text))"
    }

    /// Whether a call that is over, and of which GWS tells no more, shows it.
    public var isMetByEnd: Bool {
        subject != .device
            && conditions.contains { condition in
                if case .isOneOf(["state"], let states) = condition {
                    states.contains("Released")
                } else {
                    false
                }
            }
    }

    private static let longestAspect = 256

    /// FNV-1a of 64 bits: the same in every process.
    private static func digest(of text: String) -> String {
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }
}
