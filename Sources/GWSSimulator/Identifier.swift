import Foundation

/// Ids that look like the real ones.
enum Identifier {
    private static let lowercase = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    private static let uppercase = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

    static func random(length: Int) -> String { random(length, lowercase) }

    static func uuid() -> String { UUID().uuidString.lowercased() }

    /// 32 characters, the last seven a counter in base 32.
    struct Calls: Sendable {
        private let prefix: String
        private let connectionPrefix = "006c03a7"
        private var count: UInt32 = 0

        init(prefix: String) { self.prefix = prefix }

        static func randomPrefix() -> String { Identifier.random(25, Identifier.uppercase) }

        mutating func next() -> (id: String, connID: String) {
            count += 1
            let counter = String(count, radix: 32, uppercase: true)
            let connection = String(UInt32(0x1000_0000) &+ count, radix: 16)
            return (
                prefix + String(repeating: "0", count: 7 - counter.count) + counter,
                connectionPrefix + connection
            )
        }
    }

    /// A UUID made from the text: such ids outlive a restart of the real server.
    static func stable(_ seed: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in seed.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let other = hash &* 0x9e37_79b9_7f4a_7c15
        let digits = (hexadecimal(hash) + hexadecimal(other)).map { $0 }
        let groups = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
        return groups.joined(separator: "-")
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func random(_ length: Int, _ alphabet: [UInt8]) -> String {
        String(decoding: (0..<length).map { _ in alphabet.randomElement()! }, as: UTF8.self)
    }
}
