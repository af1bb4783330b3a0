/// How an agent's session goes.
public struct SessionStatus: Sendable {
    public enum Phase: Sendable, Hashable {
        case idle, starting, polling, renewing
        case failed(String)
    }

    public internal(set) var phase = Phase.idle
    /// When the server last answered a poll.
    public internal(set) var lastPollAnswered: ContinuousClock.Instant?
    /// How long the answer to a poll may take: what the server said that it holds one, and time for the way.
    public internal(set) var pollPatience = Duration.seconds(40)
    /// Unix milliseconds: of what happened before, nothing was missed since the last `started` or `pollLost`. What
    /// those say may have been missed happened later. Nil before the second poll.
    public internal(set) var unbrokenUntil: Int64?
    /// Whether the server grants acknowledgement of notifications.
    public internal(set) var acknowledges = false
    /// Of GWS, once `version` was asked for.
    public internal(set) var serverVersion: String?
    /// The agent's devices, once they were asked for; nil again when they may have changed.
    public internal(set) var deviceIDs: [String]?
    /// Counts the times that they may have changed: an answer that was asked for before is older.
    private(set) var devicesGeneration = 0
    /// What GWS's own URIs begin with, once a call was seen.
    var apiURL: String?

    package init(phase: Phase = .idle, lastPollAnswered: ContinuousClock.Instant? = nil) {
        self.phase = phase
        self.lastPollAnswered = lastPollAnswered
    }

    mutating func forgetDevices() {
        deviceIDs = nil
        devicesGeneration += 1
    }

    /// Keeps them, unless there was news of them since they were asked for.
    mutating func keepDevices(_ ids: [String], of generation: Int) {
        if generation == devicesGeneration { deviceIDs = ids }
    }
}
