internal import AMQP
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
            let hex = id.sha256(bytes: 24)
            // 01: sampled. Without a parent that is what tracers take for granted.
            parent = "00-\(hex.prefix(32))-\(hex.dropFirst(32))-01"
            state = nil
        }
    }
}
