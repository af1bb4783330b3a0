internal import NIOCore
internal import NIOHTTP1

/// Makes answers of the bytes that come over a connection, as RFC 9112 frames them: an answer's length is that of its
/// chunks, or told, or all that comes until the connection ends.
///
/// Stricter than it must be where leniency would let two readers see different answers in the same bytes: such a
/// connection is not read any further.
struct ResponseParser {
    struct Head: Sendable {
        var status: Int
        /// Without those that say only how the answer is carried.
        var headers = HTTPHeaders()
    }

    struct Malformed: Error {
        let reason: String
    }

    /// The answer is longer than the reader wants it to be.
    struct TooLarge: Error {}

    private enum State {
        case head
        case body(left: Int)
        case chunkSize
        case chunk(left: Int)
        case chunkEnd
        case trailers
        case untilEnd
        case done
    }

    /// Bytes of the head, of one line of a chunk's, and of the trailers.
    static let limits = (head: 64 << 10, line: 4096, trailers: 64 << 10)

    private let limit: Int
    private var state = State.head
    /// Not taken yet: a part of the head, of a line.
    private var rest = ByteBuffer()
    /// Bytes of the head in which its end was looked for, and is not.
    private var searched = 0
    private var trailerBytes = 0
    private(set) var head: Head?
    private(set) var body: [UInt8] = []
    /// Whether another request may follow over the same connection.
    private(set) var keepsConnection = false

    private enum Length: Equatable {
        case none
        case told(Int)
        case chunks
        case untilEnd
    }

    /// - Parameter limit: Bytes of a body.
    init(limit: Int) { self.limit = limit }

    /// Whether the answer is whole.
    var isDone: Bool { if case .done = state { true } else { false } }

    /// - Throws: `Malformed`, `TooLarge`.
    mutating func take(_ bytes: inout ByteBuffer) throws {
        if rest.readableBytes > 0 {
            rest.writeBuffer(&bytes)
            swap(&rest, &bytes)
            rest = ByteBuffer()
        }
        while try takeNext(&bytes) {}
        // What comes after the answer was not asked for.
        if isDone {
            if bytes.readableBytes > 0 { keepsConnection = false }
        } else if bytes.readableBytes > 0 {
            rest = ByteBuffer(bytes.readableBytesView)
        }
    }

    /// The connection has ended; an answer that was to last until then is whole.
    mutating func end() { if case .untilEnd = state { state = .done } }

    private mutating func takeNext(_ bytes: inout ByteBuffer) throws -> Bool {
        switch state {
        case .head: return try takeHead(&bytes)
        case .body(let left): return try takeBody(&bytes, left: left) { $0 == 0 ? .done : .body(left: $0) }
        case .chunk(let left):
            return try takeBody(&bytes, left: left) { $0 == 0 ? .chunkEnd : .chunk(left: $0) }
        case .chunkSize:
            guard let line = try Self.takeLine(&bytes, limit: Self.limits.line) else { return false }
            let size = try Self.chunkSize(line)
            guard size <= limit - body.count else { throw TooLarge() }
            state = size == 0 ? .trailers : .chunk(left: size)
            return true
        case .chunkEnd:
            guard let line = try Self.takeLine(&bytes, limit: Self.limits.line) else { return false }
            guard line.readableBytes == 0 else { throw Malformed(reason: "a chunk is longer than it says") }
            state = .chunkSize
            return true
        case .trailers:
            guard let line = try Self.takeLine(&bytes, limit: Self.limits.line) else { return false }
            trailerBytes += line.readableBytes
            guard trailerBytes <= Self.limits.trailers else { throw Malformed(reason: "endless trailers") }
            if line.readableBytes == 0 { state = .done }
            return true
        case .untilEnd:
            guard bytes.readableBytes > 0 else { return false }
            guard bytes.readableBytes <= limit - body.count else { throw TooLarge() }
            body.append(contentsOf: bytes.readableBytesView)
            bytes.moveReaderIndex(to: bytes.writerIndex)
            return false
        case .done: return false
        }
    }

    private mutating func takeBody(
        _ bytes: inout ByteBuffer, left: Int, _ next: (Int) -> State
    ) throws -> Bool {
        let count = min(left, bytes.readableBytes)
        if body.isEmpty { body.reserveCapacity(left) }
        body.append(contentsOf: bytes.readableBytesView.prefix(count))
        bytes.moveReaderIndex(forwardBy: count)
        state = next(left - count)
        return count == left
    }

    // MARK: - The head

    private mutating func takeHead(_ bytes: inout ByteBuffer) throws -> Bool {
        guard let end = bytes.readableBytesView.endOfHead(from: searched) else {
            // Of the empty line all but the last byte may be there.
            searched = max(0, bytes.readableBytes - 2)
            guard bytes.readableBytes <= Self.limits.head else { throw Malformed(reason: "endless headers") }
            return false
        }
        guard end <= Self.limits.head, var lines = bytes.readSlice(length: end) else {
            throw Malformed(reason: "endless headers")
        }
        searched = 0
        var framing = Framing()
        var head = try Self.takeStatus(&lines, &framing)
        while let line = try Self.takeLine(&lines, limit: Self.limits.head), line.readableBytes > 0 {
            try framing.take(line, into: &head)
        }
        // Something else comes first, or there is more to come.
        if (100..<200).contains(head.status) {
            guard head.status != 101 else {
                throw Malformed(reason: "another protocol that nobody asked for")
            }
            return true
        }
        self.head = head
        keepsConnection = framing.keepsConnection
        switch framing.length(status: head.status) {
        case .none, .told(0): state = .done
        case .told(let count):
            guard count <= limit else { throw TooLarge() }
            state = .body(left: count)
        case .chunks: state = .chunkSize
        case .untilEnd:
            keepsConnection = false
            state = .untilEnd
        }
        return true
    }

    /// `HTTP/1.1 200 OK`
    private static func takeStatus(_ lines: inout ByteBuffer, _ framing: inout Framing) throws -> Head {
        guard let line = try takeLine(&lines, limit: limits.head) else { throw notHTTP }
        let bytes = line.readableBytesView
        guard bytes.count >= 12, bytes.starts(with: "HTTP/1.".utf8) else { throw notHTTP }
        let start = bytes.startIndex
        let minor = bytes[start + 7]
        guard minor == UInt8(ascii: "0") || minor == UInt8(ascii: "1"), bytes[start + 8] == UInt8(ascii: " "),
            bytes.count == 12 || bytes[start + 12] == UInt8(ascii: " ")
        else { throw notHTTP }
        var status = 0
        for byte in bytes[(start + 9)..<(start + 12)] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { throw notHTTP }
            status = status * 10 + Int(byte - UInt8(ascii: "0"))
        }
        guard status >= 100 else { throw notHTTP }
        framing.isOld = minor == UInt8(ascii: "0")
        return Head(status: status)
    }

    private static var notHTTP: Malformed { Malformed(reason: "it is not HTTP/1.1") }

    /// What the headers say of how the answer is carried.
    private struct Framing {
        /// HTTP/1.0.
        var isOld = false
        private var count: Int?
        private var isEncoded = false
        private var isChunked = false
        private var closes = false
        private var keeps = false

        mutating func take(_ line: ByteBuffer, into head: inout Head) throws {
            let bytes = line.readableBytesView
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), colon > bytes.startIndex,
                bytes[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { throw Malformed(reason: "a header that has no name") }
            let name = bytes[..<colon]
            let value = bytes[(colon + 1)...].trimmed
            guard !value.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\r") }) else {
                throw Malformed(reason: "a header that holds control characters")
            }
            switch name.count {
            case 14 where name.isSame(as: "content-length"): try takeLength(value)
            case 17 where name.isSame(as: "transfer-encoding"):
                isEncoded = true
                isChunked = value.lastToken.isSame(as: "chunked")
            case 10 where name.isSame(as: "connection"):
                for token in value.split(separator: UInt8(ascii: ",")).map(\.trimmed) {
                    if token.isSame(as: "close") { closes = true }
                    if token.isSame(as: "keep-alive") { keeps = true }
                }
            case 12 where name.isSame(as: "content-type"), 6 where name.isSame(as: "server"),
                13 where name.isSame(as: "cache-control"), 6 where name.isSame(as: "pragma"),
                7 where name.isSame(as: "expires"):
                break
            default:
                head.headers.add(
                    name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self)
                )
            }
        }

        private mutating func takeLength(_ value: ByteBufferView) throws {
            var number = 0
            for byte in value {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), number < 1 << 48 else {
                    throw Malformed(reason: "a Content-Length that is no number")
                }
                number = number * 10 + Int(byte - UInt8(ascii: "0"))
            }
            guard !value.isEmpty, count == nil || count == number else {
                throw Malformed(reason: "a Content-Length that is no number")
            }
            count = number
        }

        /// Both lengths told are a way to smuggle an answer past somebody, and HTTP/1.0 knows no encoding: nothing follows
        /// such a one.
        var keepsConnection: Bool { !closes && (!isOld || keeps) && !(isEncoded && (isOld || count != nil)) }

        /// RFC 9112 §6.3. No answer here is one to HEAD or CONNECT.
        func length(status: Int) -> Length {
            if status == 204 || status == 304 { return .none }
            if isEncoded { return isChunked ? .chunks : .untilEnd }
            return count.map(Length.told) ?? .untilEnd
        }
    }

    // MARK: - Lines

    /// Without its end; nil where that has not come yet.
    private static func takeLine(_ bytes: inout ByteBuffer, limit: Int) throws -> ByteBuffer? {
        let view = bytes.readableBytesView
        guard let end = view.firstIndex(of: UInt8(ascii: "\n")) else {
            guard view.count <= limit else { throw Malformed(reason: "an endless line") }
            return nil
        }
        let count = end - view.startIndex
        guard count <= limit, var line = bytes.readSlice(length: count) else {
            throw Malformed(reason: "an endless line")
        }
        bytes.moveReaderIndex(forwardBy: 1)
        if line.readableBytesView.last == UInt8(ascii: "\r") {
            line.moveWriterIndex(to: line.writerIndex - 1)
        }
        return line
    }

    /// `1a2b;name=value`
    private static func chunkSize(_ line: ByteBuffer) throws -> Int {
        let digits = line.readableBytesView.prefix { $0 != UInt8(ascii: ";") }.trimmed
        var size = 0
        for byte in digits {
            guard let digit = byte.hexDigit, size < 1 << 40 else {
                throw Malformed(reason: "a chunk without a size")
            }
            size = size << 4 | digit
        }
        guard !digits.isEmpty else { throw Malformed(reason: "a chunk without a size") }
        return size
    }
}

extension ByteBufferView {
    /// How many bytes the head has, with the empty line that ends it; nil where that has not come.
    fileprivate func endOfHead(from start: Int) -> Int? {
        withUnsafeBytes { bytes in
            var index = start
            while index < bytes.count {
                guard let next = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
                let follows = bytes[(next + 1)...].prefix(2)
                if follows.first == UInt8(ascii: "\n") { return next + 2 }
                if follows.elementsEqual([UInt8(ascii: "\r"), UInt8(ascii: "\n")]) { return next + 3 }
                index = next + 1
            }
            return nil
        }
    }

    fileprivate var trimmed: ByteBufferView {
        var view = self
        while let first = view.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
            view = view.dropFirst()
        }
        while let last = view.last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") {
            view = view.dropLast()
        }
        return view
    }

    /// Of a list with commas.
    fileprivate var lastToken: ByteBufferView {
        guard let comma = lastIndex(of: UInt8(ascii: ",")) else { return trimmed }
        return self[(comma + 1)...].trimmed
    }

    /// - Parameter text: In small letters.
    fileprivate func isSame(as text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        return withUnsafeBytes { bytes in
            text.withUTF8Buffer { text in
                for index in 0..<text.count {
                    let byte = bytes[index]
                    let isCapital = byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z")
                    if (isCapital ? byte | 0x20 : byte) != text[index] { return false }
                }
                return true
            }
        }
    }
}

extension UInt8 {
    fileprivate var hexDigit: Int? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(self - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(self - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
