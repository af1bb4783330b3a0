/// How much a spool keeps, and for how long.
struct SpoolBounds: Sendable, Hashable {
    /// Bytes of encoded messages.
    let size: Int
    /// And of those that are not in the file.
    let memory: Int
    /// Milliseconds since an event came.
    let age: Int64

    /// So many bytes are held in memory at most.
    static let longestMemory = 64 << 20

    init(size: Int, memory: Int, age: Int64) {
        self.size = size
        self.memory = memory
        self.age = age
    }

    init(_ store: BridgeConfiguration.Store) {
        let size = Int(clamping: store.spoolSize)
        self.init(
            size: size, memory: min(size, Self.longestMemory), age: store.spoolAge.milliseconds)
    }

    /// Whether it is time to think of the gap rather than of what is yet to come: told while much waits, it might be
    /// followed by the next at once.
    func isMoreThanHalfFull(bytes: Int, of limit: Int, oldestAt: Int64?, now: Int64) -> Bool {
        bytes > limit / 2 || oldestAt.map { now - $0 > age / 2 } ?? false
    }
}
