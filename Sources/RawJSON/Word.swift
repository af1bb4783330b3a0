/// Eight bytes of a text that are looked at together.
struct Word {
    private let bytes: UInt64

    init(repeating byte: UInt8) { bytes = UInt64(byte) &* 0x0101_0101_0101_0101 }

    init(_ text: UnsafeBufferPointer<UInt8>, at position: Int) {
        let text = UnsafeRawBufferPointer(text)
        bytes = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    private init(_ bytes: UInt64) { self.bytes = bytes }

    static func | (one: Word, other: Word) -> Word { Word(one.bytes | other.bytes) }

    /// Which of the eight are that byte; of those behind the first it may err.
    func places(of byte: UInt8) -> Places {
        let zeroWhereEqual = bytes ^ Word(repeating: byte).bytes
        return Places(
            bits: (zeroWhereEqual &- 0x0101_0101_0101_0101) & ~zeroWhereEqual & 0x8080_8080_8080_8080)
    }

    struct Places {
        fileprivate let bits: UInt64

        var isEmpty: Bool { bits == 0 }
        var first: Int { bits.trailingZeroBitCount / 8 }

        static func | (one: Places, other: Places) -> Places { Places(bits: one.bits | other.bits) }
    }
}
