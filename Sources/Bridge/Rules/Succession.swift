/// Whether a process that has become the active one of a shard begins with its agents at once, or waits for the processes
/// before it to end their sessions in peace: for two would publish the same events under different ids.
///
/// A process that stops says so before it gives up the queue. One that was killed says nothing, and is not waited for.
package struct Succession: Sendable {
    /// Who leaves, and how long each has said nothing.
    private var leavers: [String: Duration] = [:]
    /// What is to be done as soon as nobody is waited for.
    private var heir: Bool?
    private let patience: Duration

    /// More do not leave at a time.
    private static let mostLeavers = 100

    /// - Parameter patience: for how long one who leaves may be silent; it speaks every second.
    package init(patience: Duration) {
        self.patience = patience
    }

    /// Another process has spoken. One that leaves does not come back: its successor is another process.
    package mutating func heard(_ standing: Marker.Standing, from process: String) {
        switch standing {
        case .consuming: break
        case .leaving:
            if leavers[process] != nil || leavers.count < Self.mostLeavers { leavers[process] = .zero }
        case .left: leavers[process] = nil
        }
    }

    /// This process is the active one.
    ///
    /// - Parameter fromOther: as ``Tenure/Change/begun(fromOther:)`` has it.
    package mutating func begun(fromOther: Bool) { heir = fromOther }

    /// It is so no more.
    package mutating func ended() { heir = nil }

    /// - Parameter elapsed: since it was asked before.
    /// - Returns: that it begins now, and whether another was there before; nil if it does not.
    package mutating func begins(after elapsed: Duration = .zero) -> Bool? {
        leavers = leavers.mapValues { $0 + elapsed }.filter { $0.value <= patience }
        guard leavers.isEmpty, let heir else { return nil }
        self.heir = nil
        return heir
    }
}
