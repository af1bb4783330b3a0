import Foundation

/// Ids that look like the real ones.
enum Identifier {
    private static let lowercase = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    private static let uppercase = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

    static func random(length: Int) -> String { random(length, lowercase) }

    static func uuid() -> String { UUID().uuidString.lowercased() }

    /// 32 characters, the last seven a counter in base 32.
    struct Calls: Sendable {
        private let prefix = Identifier.random(25, Identifier.uppercase)
        private let connectionPrefix = "006c03a7"
        private var count: UInt32 = 0

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

    private static func random(_ length: Int, _ alphabet: [UInt8]) -> String {
        String(decoding: (0..<length).map { _ in alphabet.randomElement()! }, as: UTF8.self)
    }
}
