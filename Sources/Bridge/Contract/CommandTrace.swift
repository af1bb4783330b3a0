internal import AMQP
internal import Crypto
internal import GWS

/// The trace that a command belongs to (W3C Trace Context, level 1).
struct CommandTrace: Sendable, Hashable {
    let parent: String
    let state: String?

    /// The producer's; where it sent none, or none that is well formed, one that begins with the command: the same for
    /// all deliveries of the same id.
    init(_ headers: FieldTable, of id: String) {
        if let parent = headers["traceparent"]?.string, TraceContext.isTraceparent(parent) {
            self.parent = parent
            state = headers["tracestate"]?.string.flatMap { TraceContext.isTracestate($0) ? $0 : nil }
        } else {
            let digits = SHA256.hash(data: Array(id.utf8)).flatMap { [$0 >> 4, $0 & 15] }
            let hex = digits.map { String($0, radix: 16) }.joined()
            // 01: sampled. Without a parent that is what tracers take for granted.
            parent = "00-\(hex.prefix(32))-\(hex.dropFirst(32).prefix(16))-01"
            state = nil
        }
    }
}
