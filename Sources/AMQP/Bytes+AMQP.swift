internal import CRabbitMQ

// The border: what comes in is copied before the next library call recycles it, what goes out lives in an arena
// until it is sent.

extension UnsafeRawBufferPointer {
    init(_ bytes: amqp_bytes_t) {
        self.init(start: bytes.bytes, count: bytes.bytes == nil ? 0 : bytes.len)
    }
}

extension String {
    /// Bytes that are not UTF-8 become replacement characters.
    init(_ bytes: amqp_bytes_t) {
        self.init(decoding: UnsafeRawBufferPointer(bytes), as: UTF8.self)
    }

    func isSame(as bytes: amqp_bytes_t) -> Bool {
        utf8.count == bytes.len && utf8.elementsEqual(UnsafeRawBufferPointer(bytes))
    }
}

/// The last text seen in its place: tags and exchanges are the same from delivery to delivery.
struct RepeatedText {
    private var last = ""

    mutating func text(_ bytes: amqp_bytes_t) -> String {
        if !last.isSame(as: bytes) { last = String(bytes) }
        return last
    }
}

/// Memory for what one library call is given; all of it is taken back at once.
final class Arena {
    private let pool: UnsafeMutablePointer<amqp_pool_t>

    init() {
        pool = .allocate(capacity: 1)
        init_amqp_pool(pool, 4096)
    }

    deinit {
        empty_amqp_pool(pool)
        pool.deallocate()
    }

    func recycle() { recycle_amqp_pool(pool) }

    func bytes(_ text: String) -> amqp_bytes_t {
        var text = text
        return text.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
    }

    func bytes(_ source: UnsafeRawBufferPointer) -> amqp_bytes_t {
        guard let start = source.baseAddress, source.count > 0 else { return amqp_empty_bytes }
        let copy = allocate(UInt8.self, source.count)
        UnsafeMutableRawPointer(copy).copyMemory(from: start, byteCount: source.count)
        return amqp_bytes_t(len: source.count, bytes: copy)
    }

    func allocate<T>(_: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
        guard let memory = amqp_pool_alloc(pool, count * MemoryLayout<T>.stride) else {
            // As Swift itself ends where there is none.
            fatalError("out of memory")
        }
        return memory.bindMemory(to: T.self, capacity: count)
    }
}
