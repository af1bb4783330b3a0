package import GWS
package import RawJSON

extension AgentRecord {
    /// Calls, and devices, that are kept at a time; an agent has a few. Of more, those that come later are not kept:
    /// the next reading publishes them whether they changed or not, and none of them as gone.
    static let capacity = 4096

    /// Takes in what was published.
    ///
    /// - Parameter change: gets the same.
    package mutating func note(_ notification: GWS.Notification, in change: inout AgentChange) {
        if let id = notification.callID {
            guard let call = notification.call else { return }
            note(call, id: id, isOver: notification.callState == "Released", in: &change)
        } else if notification.messageType == "DeviceStateChangeMessage" {
            guard let list = notification.devices else { return }
            for device in list.elements {
                if let id = device["id"]?.string { note(device: device, id: id, in: &change) }
            }
        }
    }

    /// Takes in all that the agent has, as it was read and, where it differed, published: a call that is not among them
    /// is over. A device that is not stays known, as nobody was told that it is gone.
    ///
    /// - Returns: the same for the store.
    package mutating func take(calls: [RawJSON], devices: [RawJSON], of agent: String) -> AgentChange {
        var change = AgentChange(
            agent: agent, epoch: epoch, sequence: sequence, unbrokenUntil: unbrokenUntil)
        let read = ReadResources(calls)
        // One of those without an id may be any that was known.
        for id in self.calls.keys where read[id] == nil && !read.hasNameless { forget(id, in: &change) }
        for id in read.ids {
            if let call = read[id] { note(call, id: id, isOver: call.isOver, in: &change) }
        }
        let readDevices = ReadResources(devices)
        for id in readDevices.ids {
            if let device = readDevices[id] { note(device: device, id: id, in: &change) }
        }
        return change
    }

    private mutating func note(_ call: RawJSON, id: String, isOver: Bool, in change: inout AgentChange) {
        // Under an id that is not its own it could be neither compared nor told to be gone.
        guard !isOver, call["id"]?.string == id else { return forget(id, in: &change) }
        guard calls[id] != nil || calls.count < Self.capacity else { return }
        // The text that it came in may be a long one.
        let call = call.detached
        calls[id] = call
        change.calls[id] = .some(call)
    }

    private mutating func forget(_ id: String, in change: inout AgentChange) {
        calls[id] = nil
        change.calls[id] = .some(nil)
    }

    private mutating func note(device: RawJSON, id: String, in change: inout AgentChange) {
        guard devices[id] != nil || devices.count < Self.capacity else { return }
        let device = device.detached
        devices[id] = device
        change.devices[id] = device
    }
}
