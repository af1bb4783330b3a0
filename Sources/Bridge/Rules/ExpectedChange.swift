package import GWS
package import RawJSON

/// What is expected of one command: what it changes, and what was known of that when it was sent.
package struct ExpectedChange: Sendable {
    package let change: StateChange
    /// The command's object, with the operation's parameters.
    package let operation: RawJSON
    package let callID: String?
    package let deviceID: String?
    /// The call or the device as it stood before, where it is known.
    package let before: RawJSON?
    /// Calls that were known before: a new one is none of them.
    package let knownCalls: Set<String>
    package let cause: Expectations.Cause

    package init(
        _ cause: Expectations.Cause, change: StateChange, operation: RawJSON, callID: String?,
        deviceID: String?, before: RawJSON?, knownCalls: Set<String> = []
    ) {
        self.cause = cause
        self.change = change
        self.operation = operation
        self.callID = callID
        self.deviceID = deviceID
        self.before = before
        self.knownCalls = knownCalls
    }

    /// Whether it stood so before.
    package var heldBefore: Bool { before.map { change.isReadable && holds(of: $0) } ?? false }

    package func holds(of resource: RawJSON) -> Bool {
        change.holds(of: resource, after: operation, before: before)
    }

    /// The consult call that the operation names.
    package var consultCallID: String? {
        operation["consultCallId"]?.string
            ?? operation["consultCallUri"]?.string?.split(separator: "/").last.map(String.init)
    }

    /// The number of an operation that begins a call.
    package var number: String? { operation["destination"]?["phoneNumber"]?.string }

    // MARK: - By what GWS tells

    /// - Parameter deviceID: which of the notification's devices this event is about.
    func isMet(by notification: GWS.Notification, deviceID: String?) -> Bool {
        switch change.subject {
        case .device:
            guard notification.messageType == change.notification,
                self.deviceID == nil || self.deviceID == deviceID,
                let devices = notification.devices
            else { return false }
            return devices.elements.contains { device in
                device["id"]?.string == deviceID && holds(of: device)
            }
        case .call:
            return notification.callID == callID && shows(notification)
        case .newCall:
            guard let id = notification.callID, !knownCalls.contains(id),
                // A transfer or a conference dials one too.
                let call = notification.call, !call.isConsult
            else { return false }
            return shows(notification)
        case .consultCall:
            guard let call = notification.call, call.isConsult else { return false }
            return isConsulted(notification.callID, call) && shows(notification)
        }
    }

    private func shows(_ notification: GWS.Notification) -> Bool {
        guard notification.notificationType == change.notification else { return false }
        return notification.call.map(holds) ?? false
    }

    /// The consult call: the one that it was posted to, the one that it names, or the one that goes with it.
    private func isConsulted(_ id: String?, _ call: RawJSON) -> Bool {
        if let consultCallID { return id == consultCallID }
        return id == callID || call.parentCallID == callID
    }

    /// Whether nothing in the notification speaks against it: a call that has not the number that was dialed may be
    /// another's.
    func fits(_ notification: GWS.Notification) -> Bool {
        guard change.subject == .newCall, let number else { return true }
        return notification.call?.hasParty(number) ?? false
    }

    /// Whether the notification names what the command is about: its call, or its device.
    func isNamed(by notification: GWS.Notification) -> Bool {
        if let id = notification.callID { return id == callID }
        return deviceID.map(notification.deviceIDs.contains) ?? false
    }

    /// Whether it cannot be seen any more when the call is over, and reading would not show it either.
    func ends(with callID: String) -> Bool {
        change.subject == .call && self.callID == callID && !change.isMetByEnd
    }

    /// Whether what the later command changes may hide that this one was done.
    func isHidden(by later: Self) -> Bool {
        guard change.subject == later.change.subject,
            !change.members.isDisjoint(with: later.change.members)
        else { return false }
        switch change.subject {
        case .call, .consultCall: return callID == later.callID
        case .device: return deviceID == nil || later.deviceID == nil || deviceID == later.deviceID
        case .newCall: return false
        }
    }

    /// Whether a failure may be this command's.
    ///
    /// - Parameter isOfDevices: whether it was told on the topic of the devices.
    func concerns(_ failure: GWS.Notification, isOfDevices: Bool) -> Bool {
        if let id = failure.callID { return callID == id }
        guard isOfDevices else { return change.subject != .device }
        // What begins a call is posted to a device.
        guard change.subject == .device || change.subject == .newCall else { return false }
        return failure.deviceIDs.isEmpty || deviceID.map(failure.deviceIDs.contains) ?? true
    }
}
