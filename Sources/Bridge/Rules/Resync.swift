package import GWS
package import RawJSON

/// What differs between the calls and devices that consumers know of and those that GWS shows, as the events that tell
/// it.
///
/// A resource differs if any member does, or is there on one side only. What GWS notifies and what it lets read may show
/// different sets of members, and then a call of which nothing happened is published again, once for each reading. That
/// is the price: an absent member often says something (no `userData`, no `forwardTo`, no `recordingState`), and to
/// publish needlessly does no harm, while to miss a change does. Not looked at are the order of keys and of
/// `capabilities`, which is arbitrary, and a call's `duration`, which changes by itself.
///
/// What was read without an id cannot be told as an event. As it may be any of the calls, none is taken to be gone then.
/// Of two with one id the last counts.
package struct Resync: Sendable {
    /// What is to be published of one call or device.
    package struct Difference: Sendable {
        package let notification: GWS.Notification
        /// Nil of a call.
        package let deviceID: String?
        /// Whether it was concluded, and not read.
        package let isInferred: Bool
    }

    private let knownCalls: [String: RawJSON]
    private let knownDevices: [String: RawJSON]
    private let calls: ReadResources
    private let devices: ReadResources
    private let publishesAll: Bool

    /// - Parameters:
    ///   - knownCalls: as they were published last, by their ids.
    ///   - calls: as read, the resources themselves.
    ///   - publishesAll: no last state is known, or not reliably.
    package init(
        known knownCalls: [String: RawJSON], devices knownDevices: [String: RawJSON], calls: [RawJSON],
        devices: [RawJSON], publishesAll: Bool
    ) {
        self.knownCalls = knownCalls
        self.knownDevices = knownDevices
        self.calls = ReadResources(calls)
        self.devices = ReadResources(devices)
        self.publishesAll = publishesAll
    }

    /// Of all calls that the agent has, in the order read. Any other is over.
    package var callIDs: [String] { calls.ids.filter { calls[$0]?.isOver == false } + uncertainCallIDs }

    /// Of all devices of the agent, in the order read.
    package var deviceIDs: [String] { devices.ids }

    /// The devices first, then the calls in the order read, then those that are gone, as they would be when they are
    /// over.
    ///
    /// A device that is gone is not told: GWS has no words for it. A call that nobody knew of and that is over already
    /// is told only where all are.
    ///
    /// - Parameter now: Unix milliseconds.
    package func differences(at now: Int64) -> [Difference] {
        let ofDevices = devices.ids.compactMap { id in
            devices[id].flatMap { differs($0, from: knownDevices[id]) ? Self.tell(device: $0, id, now) : nil }
        }
        let ofCalls = calls.ids.compactMap { id in
            calls[id].flatMap {
                differs(call: $0, from: knownCalls[id]) ? Self.tell(call: $0, isInferred: false, now) : nil
            }
        }
        let gone = goneCallIDs.compactMap { id in
            knownCalls[id].map { Self.tell(call: $0.released(id), isInferred: true, now) }
        }
        return ofDevices + ofCalls + gone
    }

    // MARK: - Deciding

    private func differs(_ device: RawJSON, from known: RawJSON?) -> Bool {
        guard let known, !publishesAll else { return true }
        return !device.isEquivalent(to: known, unordered: ["capabilities"])
    }

    private func differs(call: RawJSON, from known: RawJSON?) -> Bool {
        if publishesAll { return true }
        guard let known else { return !call.isOver }
        return !call.isEquivalent(to: known, ignoring: ["duration"], unordered: ["capabilities"])
    }

    /// Calls that went on when they were heard of last, and were not read. In an order that does not change.
    private var unreadCallIDs: [String] {
        knownCalls.filter { calls[$0.key] == nil && !$0.value.isOver }.keys.sorted()
    }

    private var goneCallIDs: [String] { calls.hasNameless ? [] : unreadCallIDs }
    private var uncertainCallIDs: [String] { calls.hasNameless ? unreadCallIDs : [] }
}
