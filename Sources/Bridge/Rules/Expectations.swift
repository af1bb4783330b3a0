package import GWS
internal import RawJSON

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
        package let tracestate: String?

        package init(commandID: String, traceparent: String?, tracestate: String? = nil) {
            self.commandID = commandID
            self.traceparent = traceparent
            self.tracestate = tracestate
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
        var expectation: ExpectedChange
        var isAccepted = false
        /// Later commands that GWS took, and that change the same thing.
        var successors: Set<Int> = []
        var sighting: Sighting?
        /// GWS has refused it. Unix milliseconds until when a failure that GWS tells of is taken for this one's.
        var refusedUntil: Int64?

        var isOpen: Bool { sighting == nil && refusedUntil == nil }

        /// What shows the change outweighs a failure, which names no command.
        var mayBeShown: Bool {
            guard refusedUntil == nil else { return false }
            return switch sighting {
            case nil, .failed: true
            case .changed, .callEnded: false
            }
        }
    }

    /// In the order in which they were sent.
    private var entries: [Entry] = []

    package init() {}

    package var isEmpty: Bool { entries.isEmpty }

    /// The command is about to be sent. Sent again, it is expected as it was, save where that was not known; also where
    /// it was delivered again, and has another number now.
    package mutating func add(_ expectation: ExpectedChange, of number: Int) {
        let id = expectation.cause.commandID
        guard
            let index = entries.firstIndex(where: {
                $0.number == number || $0.expectation.cause.commandID == id
            })
        else {
            entries.append(Entry(number: number, expectation: expectation))
            return
        }
        entries[index].number = number
        if entries[index].expectation.before == nil { entries[index].expectation = expectation }
    }

    /// GWS has taken the command: an earlier one that changes the same thing may not be seen any more.
    ///
    /// - Returns: what was seen before the reply came.
    package mutating func accept(_ number: Int) -> Sighting? {
        guard let accepted = index(of: number) else { return nil }
        entries[accepted].isAccepted = true
        let sighting = entries[accepted].sighting
        if case .failed? = sighting { return sighting }
        let expectation = entries[accepted].expectation
        for index in entries.indices[..<accepted] where entries[index].expectation.isHidden(by: expectation) {
            entries[index].successors.insert(number)
        }
        return sighting
    }

    package func expectation(of number: Int) -> ExpectedChange? {
        index(of: number).map { entries[$0].expectation }
    }

    package func sighting(of number: Int) -> Sighting? { index(of: number).flatMap { entries[$0].sighting } }

    /// What was seen means nothing for the command: it may still be seen to be done.
    package mutating func dismissSighting(of number: Int) {
        if let index = index(of: number) { entries[index].sighting = nil }
    }

    /// Whether an earlier command may still change the same thing: what is known of it may be about to change.
    package func mayStillChange(_ change: ExpectedChange, butFor number: Int) -> Bool {
        entries.contains { $0.isOpen && $0.number != number && $0.expectation.isHidden(by: change) }
    }

    package func isSuperseded(_ number: Int) -> Bool {
        index(of: number).map { !entries[$0].successors.isEmpty } ?? false
    }

    private func index(of number: Int) -> Int? { entries.firstIndex { $0.number == number } }

    package mutating func remove(_ number: Int) { entries.removeAll { $0.number == number } }

    /// GWS has refused the command, and may tell of that once more: that notification is about no other.
    ///
    /// - Parameter now: Unix milliseconds.
    package mutating func refuse(_ number: Int, at now: Int64) {
        entries.removeAll { $0.refusedUntil.map { $0 < now } ?? false }
        guard let index = index(of: number) else { return }
        if case .failed? = entries[index].sighting {
            entries.remove(at: index)
        } else {
            entries[index].sighting = nil
            entries[index].refusedUntil = now.saturatingAdd(Self.echo)
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
        if notification.messageType == "ErrorMessage" {
            // Of several devices, it is one failure all the same.
            let isRepeated = deviceID != nil && deviceID != notification.deviceIDs.first
            return isRepeated ? Seen() : seeFailure(notification)
        }
        var seen = Seen()
        let met = entries.indices.filter {
            entries[$0].mayBeShown && entries[$0].expectation.isMet(by: notification, deviceID: deviceID)
        }
        if let index = met.first(where: { entries[$0].expectation.fits(notification) }) ?? met.first {
            let entry = entries[index]
            entries[index].sighting = .changed(
                messageID: messageID(),
                notificationType: notification.notificationType ?? notification.messageType,
                already: entry.expectation.heldBefore)
            seen.decided.append(entry.number)
            if entry.isAccepted { seen.cause = entry.expectation.cause }
        }
        if notification.callState == "Released", let callID = notification.callID {
            let glimpse = CommandOutcome.CallGlimpse(
                ofCall: notification.call ?? notification.json)
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
        let number = entries[index].number
        let message = notification.json["data"]?["errorMessage"]?.string.map { String($0.prefix(500)) }
        entries[index].sighting = .failed(
            message: message, isNamed: entries[index].expectation.isNamed(by: notification))
        for index in entries.indices { entries[index].successors.remove(number) }
        return Seen(decided: [number])
    }
}
