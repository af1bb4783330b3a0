/// Whether a process that has become the active one of a shard begins with its agents at once, or waits for the process
/// before it to end its sessions in peace: for two would publish the same events under different ids.
///
/// A process that stops says so before it gives up the queue. One that was killed says nothing, and is not waited for.
package struct Succession: Sendable {
    /// Who leaves, and how long it has said nothing.
    private var leaver: (process: String, silent: Duration)?
    /// What is to be done as soon as nobody is waited for.
    private var heir: Bool?
    private let patience: Duration

    /// - Parameter patience: for how long one who leaves may be silent; it speaks every second.
    package init(patience: Duration) {
        self.patience = patience
    }

    /// Another process has spoken.
    package mutating func heard(_ standing: Marker.Standing, from process: String) {
        switch standing {
        case .leaving: leaver = (process, .zero)
        case .left, .consuming: if leaver?.process == process { leaver = nil }
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
        if let leaver {
            let silent = leaver.silent + elapsed
            self.leaver = silent > patience ? nil : (leaver.process, silent)
        }
        guard leaver == nil, let heir else { return nil }
        self.heir = nil
        return heir
    }
}
