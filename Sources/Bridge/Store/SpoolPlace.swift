/// An event that waits, without its message.
struct SpoolPlace: Sendable, Hashable {
    let number: Int64
    let agent: String
    let epoch: String
    let sequence: Int64
    let at: Int64
    let bytes: Int

    /// That it alone was lost.
    var loss: SpoolLoss { SpoolLoss(epoch: epoch, lastSequence: sequence - 1, from: at, count: 1) }
}
