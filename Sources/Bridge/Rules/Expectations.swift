package import GWS
package import RawJSON

/// The commands of one agent that are on their way to GWS or were taken by it, and what its notifications have shown of
/// what they are for.
///
/// A notification may come before the reply to the operation that caused it. One notification confirms one command: the
/// one that was sent first. GWS names no command in what it tells, so a match is by what has changed.
package struct Expectations: Sendable {
    /// The command that is told of with the event that confirms it.
    package struct Cause: Sendable, Hashable {
        package let commandID: String
        package let traceparent: String?

        package init(commandID: String, traceparent: String?) {
            self.commandID = commandID
            self.traceparent = traceparent
        }
    }

    /// What is expected of a command.
    package struct Expectation: Sendable {
        package let change: StateChange
        /// The command's object, with the operation's parameters.
        package let operation: RawJSON
        package let callID: String?
        package let deviceID: String?
        /// The call or the device as it stood before, where it is known.
        package let before: RawJSON?
        /// Calls that were known before: a new one is none of them.
        package let knownCalls: Set<String>
        package let cause: Cause

        package init(
            _ cause: Cause, change: StateChange, operation: RawJSON, callID: String?, deviceID: String?,
            before: RawJSON?, knownCalls: Set<String> = []
        ) {
            self.cause = cause
            self.change = change
            self.operation = operation
            self.callID = callID
            self.deviceID = deviceID
            self.before = before
            self.knownCalls = knownCalls
        }
    }

    /// What a notification has decided.
    package struct Seen: Sendable, Hashable {
        /// The commands of which there is a sighting now.
        package var decided: [Int] = []
        /// The one that caused it, where that is certain: GWS had taken it.
        package var cause: Cause?
    }

    private struct Entry {
        var number: Int
        let expectation: Expectation
        var isAccepted = false
        var isSuperseded = false
        var sighting: Sighting?
        /// Unix milliseconds until when a failure that GWS tells of is taken for that of this command, which it refused.
        var refusedUntil: Int64?

        var isOpen: Bool { sighting == nil && refusedUntil == nil }
    }

    /// In the order in which they were sent.
    private var entries: [Entry] = []

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    /// The command is about to be sent. Sent again, it is expected as it was; also where it was delivered again, and has
    /// another number now.
    package mutating func add(_ expectation: Expectation, of number: Int) {
        let id = expectation.cause.commandID
        if let index = entries.firstIndex(where: {
            $0.number == number || $0.expectation.cause.commandID == id
        }) {
            entries[index].number = number
            return
        }
        entries.append(Entry(number: number, expectation: expectation))
    }

    /// GWS has taken the command: an earlier one that changes the same thing may not be seen any more.
    ///
    /// - Returns: what was seen before the reply came.
    package mutating func accept(_ number: Int) -> Sighting? {
        guard let accepted = entries.firstIndex(where: { $0.number == number }) else { return nil }
        entries[accepted].isAccepted = true
        let expectation = entries[accepted].expectation
        for index in entries.indices[..<accepted] where entries[index].expectation.isHidden(by: expectation) {
            entries[index].isSuperseded = true
        }
        return entries[accepted].sighting
    }

    package func expectation(of number: Int) -> Expectation? {
        entries.first { $0.number == number }?.expectation
    }

    package func sighting(of number: Int) -> Sighting? { entries.first { $0.number == number }?.sighting }

    /// What was seen means nothing for the command: it may still be seen to be done.
    package mutating func dismissSighting(of number: Int) {
        if let index = entries.firstIndex(where: { $0.number == number }) { entries[index].sighting = nil }
    }

    package func isSuperseded(_ number: Int) -> Bool {
        entries.first { $0.number == number }?.isSuperseded ?? false
    }

    package mutating func remove(_ number: Int) { entries.removeAll { $0.number == number } }

    /// GWS has refused the command, and may tell of that once more: that notification is about no other.
    ///
    /// - Parameter now: Unix milliseconds.
    package mutating func refuse(_ number: Int, at now: Int64) {
        guard let index = entries.firstIndex(where: { $0.number == number }) else { return }
        if case .failed? = entries[index].sighting {
            entries.remove(at: index)
        } else {
            entries[index].refusedUntil = now + Self.echo
        }
    }

    /// Milliseconds. Seen: the same moment, and up to half a second of delay of any notification.
    private static let echo: Int64 = 1000

    // MARK: - Seeing

    /// - Parameters:
    ///   - deviceID: which of the notification's devices this event is about.
    ///   - messageID: that of the event.
    package mutating func see(
        _ notification: GWS.Notification, deviceID: String?, messageID: @autoclosure () -> String
    ) -> Seen {
        guard !entries.isEmpty else { return Seen() }
        entries.removeAll { $0.refusedUntil.map { $0 < notification.receivedAt } ?? false }
        if notification.messageType == "ErrorMessage" { return seeFailure(notification) }
        var seen = Seen()
        if let index = entries.firstIndex(where: {
            $0.isOpen && $0.expectation.isMet(by: notification, deviceID: deviceID)
        }) {
            let entry = entries[index]
            entries[index].sighting = .changed(
                messageID: messageID(),
                notificationType: notification.notificationType ?? notification.messageType,
                already: entry.expectation.heldBefore)
            seen.decided.append(entry.number)
            if entry.isAccepted { seen.cause = entry.expectation.cause }
        }
        if notification.callState == "Released", let callID = notification.callID {
            let glimpse = CommandOutcome.CallGlimpse(of: notification)
            for index in entries.indices
            where entries[index].isOpen && entries[index].expectation.ends(with: callID) {
                entries[index].sighting = .callEnded(glimpse)
                seen.decided.append(entries[index].number)
            }
        }
        return seen
    }

    /// A failure names no operation, and may name nothing at all: it is matched only where there is no choice.
    private mutating func seeFailure(_ notification: GWS.Notification) -> Seen {
        let isOfDevices = notification.channel.hasSuffix("/devices")
        let candidates = entries.indices.filter {
            entries[$0].sighting == nil
                && entries[$0].expectation.concerns(notification, isOfDevices: isOfDevices)
        }
        guard let index = candidates.first, candidates.count == 1 else { return Seen() }
        guard entries[index].refusedUntil == nil else {
            entries.remove(at: index)
            return Seen()
        }
        let isNamed = notification.callID != nil || !notification.deviceIDs.isEmpty
        let message = notification.json["data"]?["errorMessage"]?.string.map { String($0.prefix(500)) }
        entries[index].sighting = .failed(message: message, isNamed: isNamed)
        return Seen(decided: [entries[index].number])
    }
}

extension Expectations.Expectation {
    /// Whether it stood so before.
    package var heldBefore: Bool {
        before.map { change.isReadable && change.holds(of: $0, after: operation, before: $0) } ?? false
    }

    fileprivate func isMet(by notification: GWS.Notification, deviceID: String?) -> Bool {
        switch change.subject {
        case .device:
            guard notification.messageType == change.notification,
                self.deviceID == nil || self.deviceID == deviceID,
                let devices = notification.json["data"]?["devices"]
            else { return false }
            return devices.elements.contains { device in
                device["id"]?.string == deviceID && holds(of: device)
            }
        case .call:
            return notification.callID == callID && shows(notification)
        case .newCall:
            guard let id = notification.callID, !knownCalls.contains(id) else { return false }
            return shows(notification)
        case .consultCall:
            guard let call = notification.json["data"]?["call"], call.isConsult else { return false }
            return isConsulted(notification.callID, call) && shows(notification)
        }
    }

    private func shows(_ notification: GWS.Notification) -> Bool {
        guard notification.notificationType == change.notification else { return false }
        return notification.json["data"]?["call"].map(holds) ?? false
    }

    /// The consult call: the one that it was posted to, the one that it names, or the one that goes with it.
    private func isConsulted(_ id: String?, _ call: RawJSON) -> Bool {
        if id == callID || call.parentCallID == callID { return true }
        return consultCallID != nil && id == consultCallID
    }

    /// Of an operation that names it.
    package var consultCallID: String? {
        operation["consultCallId"]?.string
            ?? operation["consultCallUri"]?.string?.split(separator: "/").last.map(String.init)
    }

    package func holds(of resource: RawJSON) -> Bool {
        change.holds(of: resource, after: operation, before: before)
    }

    /// Whether it cannot be seen any more when the call is over.
    fileprivate func ends(with callID: String) -> Bool { change.subject == .call && self.callID == callID }

    fileprivate func isHidden(by later: Self) -> Bool {
        callID == later.callID && change.subject == later.change.subject
            && !change.members.isDisjoint(with: later.change.members)
    }

    fileprivate func concerns(_ failure: GWS.Notification, isOfDevices: Bool) -> Bool {
        if let id = failure.callID { return callID == id }
        guard isOfDevices else { return change.subject != .device }
        // What begins a call is posted to a device.
        guard change.subject == .device || change.subject == .newCall else { return false }
        return failure.deviceIDs.isEmpty || deviceID.map(failure.deviceIDs.contains) ?? true
    }
}

extension CommandOutcome.CallGlimpse {
    package init(of notification: GWS.Notification) {
        self.init(ofCall: notification.json["data"]?["call"] ?? notification.json)
    }

    package init(ofCall call: RawJSON) {
        self.init(
            state: call["state"]?.string, recordingState: call["recordingState"]?.string,
            capabilities: call["capabilities"].map { $0.elements.prefix(50).compactMap(\.string) })
    }
}

extension RawJSON {
    package var isConsult: Bool { self["callType"]?.string == "Consult" || self["parentCallUri"] != nil }

    fileprivate var parentCallID: String? {
        (self["parentCallUri"] ?? self["parentCallPath"])?.string?.split(separator: "/").last.map(String.init)
    }
}
