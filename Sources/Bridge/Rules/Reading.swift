internal import GWS
package import RawJSON

/// What reading an agent's calls or devices tells of a command.
package struct Reading: Sendable {
    /// What is to be read.
    package enum Source: Sendable, Hashable {
        case nothing
        case call(String)
        /// All that the agent has.
        case calls, devices
    }

    private let expectation: ExpectedChange
    private let aspect: String?
    private let sentAt: Int64?

    /// - Parameters:
    ///   - aspect: what the command changes, as it stood before, where the ledger has it.
    ///   - sentAt: Unix milliseconds.
    package init(_ expectation: ExpectedChange, aspect: String?, sentAt: Int64?) {
        self.expectation = expectation
        self.aspect = aspect
        self.sentAt = sentAt
    }

    private var change: StateChange { expectation.change }

    /// - Parameter consultCall: the consult call that is known to be, or to go with, the command's call.
    package func source(consultCall: String?) -> Source {
        guard change.isReadable else { return .nothing }
        switch change.subject {
        case .call: return expectation.callID.map(Source.call) ?? .nothing
        case .consultCall: return (expectation.consultCallID ?? consultCall).map(Source.call) ?? .nothing
        case .newCall: return expectation.number != nil && sentAt != nil ? .calls : .nothing
        case .device: return .devices
        }
    }

    /// - Parameter call: nil where GWS has no such call (any more).
    package func look(at call: RawJSON?) -> Completion.Look {
        guard let call else {
            let ended = CommandOutcome.CallGlimpse(state: "Released")
            return .seen(shows: change.isMetByEnd, isAsBefore: false, isOver: true, ended)
        }
        return seen(call, isOver: call.isOver, CommandOutcome.CallGlimpse(ofCall: call))
    }

    package func look(atDevices devices: [RawJSON]) -> Completion.Look {
        let id = expectation.deviceID
        let meant = devices.filter { id == nil || $0["id"]?.string == id }
        guard let device = meant.first else { return .failed("GWS does not show the device") }
        // Which of several it is about is not known.
        guard meant.count == 1 || meant.allSatisfy(expectation.holds) else { return .impossible }
        return seen(device, isOver: false, nil)
    }

    /// Looks for a call that was not there before, with the number that was dialed, and not older than the command.
    ///
    /// - Parameter now: Unix milliseconds.
    package func look(atCalls calls: [RawJSON], now: Int64) -> Completion.Look {
        guard let number = expectation.number, let sentAt else { return .impossible }
        // The call's age is in whole seconds.
        let longest = max(0, now.saturatingAdd(-sentAt)) / 1000 + 1
        let call = calls.first { call in
            guard let id = call["id"]?.string, !expectation.knownCalls.contains(id) else { return false }
            return !call.isConsult && call.hasParty(number) && call.age.map { $0 <= longest } ?? false
        }
        // That there is none tells nothing: it may have been, and be over.
        guard let call else { return .seen(shows: false, isAsBefore: false, isOver: false, nil) }
        return .seen(shows: true, isAsBefore: false, isOver: false, CommandOutcome.CallGlimpse(ofCall: call))
    }

    private func seen(_ resource: RawJSON, isOver: Bool, _ glimpse: CommandOutcome.CallGlimpse?)
        -> Completion.Look
    {
        let shows = expectation.holds(of: resource)
        // Of a call that is over a change would not be visible: it may have been made before it ended.
        let isAsBefore = !shows && !isOver && aspect == change.aspect(of: resource)
        return .seen(shows: shows, isAsBefore: isAsBefore, isOver: isOver, glimpse)
    }
}
