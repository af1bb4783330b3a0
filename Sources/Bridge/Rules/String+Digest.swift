internal import Crypto

extension String {
    /// The first bytes of the SHA-256 of its UTF-8, as lower-case hex digits, two each.
    func sha256(bytes count: Int) -> String {
        let hex = Array("0123456789abcdef".utf8)
        let digits = SHA256.hash(data: Array(utf8)).prefix(count).flatMap {
            [hex[Int($0 >> 4)], hex[Int($0 & 0xF)]]
        }
        return String(decoding: digits, as: UTF8.self)
    }
}
