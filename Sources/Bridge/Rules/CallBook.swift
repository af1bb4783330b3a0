package import GWS
package import RawJSON

/// The calls and devices of an agent as they were seen last.
package struct CallBook: Sendable {
    /// Calls that are kept at a time; an agent has a few. Of more, any may be forgotten.
    static let capacity = 4096
    /// Of these, calls that are over, for what is asked of them late.
    static let past = 16

    private var calls: [String: RawJSON] = [:]
    private var devices: [String: RawJSON] = [:]
    private var ended: ArraySlice<String> = []

    package init() {}

    package func call(_ id: String) -> RawJSON? { calls[id] }
    package func device(_ id: String) -> RawJSON? { devices[id] }

    /// The device of an agent who has just one.
    package var onlyDevice: RawJSON? { devices.count == 1 ? devices.first?.value : nil }

    package var callIDs: Set<String> { Set(calls.keys) }

    /// Those that are not over, by their ids.
    package var live: [(id: String, call: RawJSON)] {
        calls.filter { !ended.contains($0.key) }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The call itself where it is a consult call, else the one that goes with it; nil if none is known.
    package func consultCall(of id: String) -> String? {
        if calls[id]?.isConsult == true { return id }
        let consults = calls.filter { $0.value.parentCallID == id }
        // Of several, all but the last are over.
        return (consults.first { !$0.value.isOver } ?? (consults.count == 1 ? consults.first : nil))?.key
    }

    package mutating func note(_ notification: GWS.Notification) {
        if let id = notification.callID {
            if let call = notification.call {
                note(call, id: id, isOver: notification.callState == "Released")
            }
        } else if notification.messageType == "DeviceStateChangeMessage" {
            guard let list = notification.devices else { return }
            for device in list.elements { note(device: device) }
        }
    }

    package mutating func note(_ call: RawJSON, id: String, isOver: Bool) {
        if calls[id] == nil, calls.count >= Self.capacity {
            calls.removeValue(forKey: calls.first?.key ?? id)
        }
        // The text that it came in may be a long one.
        calls[id] = call.detached
        guard isOver, !ended.contains(id) else { return }
        ended.append(id)
        if ended.count > Self.past { calls[ended.removeFirst()] = nil }
    }

    package mutating func note(device: RawJSON) {
        guard let id = device["id"]?.string else { return }
        devices[id] = device.detached
        if devices.count > Self.capacity { devices = [:] }
    }

    /// What was known may not be so any more.
    package mutating func forget() { self = CallBook() }
}
