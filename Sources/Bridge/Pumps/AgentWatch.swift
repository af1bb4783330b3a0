internal import GWS
internal import NIOConcurrencyHelpers
internal import RawJSON

/// What is known of an agent's calls and devices just now, and which commands wait to see them change.
///
/// Shared by the one who sends commands and the one who publishes what GWS tells: a lock, for neither may wait for the
/// other.
final class AgentWatch: Sendable {
    private struct State {
        var book = CallBook()
        var expectations = Expectations()
    }

    private let state = NIOLockedValueBox(State())

    // MARK: - What GWS tells

    /// - Parameters:
    ///   - deviceID: which of the notification's devices the event is about.
    ///   - messageID: of the event.
    func see(_ notification: GWS.Notification, deviceID: String?, messageID: @autoclosure () -> String)
        -> Expectations.Seen
    {
        state.withLockedValue { state in
            let seen = state.expectations.see(notification, deviceID: deviceID, messageID: messageID())
            state.book.note(notification)
            return seen
        }
    }

    /// A call was read.
    func note(_ call: RawJSON, id: String) {
        state.withLockedValue { $0.book.note(call, id: id, isOver: call.isOver) }
    }

    /// All calls and devices were read.
    func note(calls: [RawJSON], devices: [RawJSON]) {
        state.withLockedValue { state in
            for call in calls {
                if let id = call["id"]?.string { state.book.note(call, id: id, isOver: call.isOver) }
            }
            for device in devices { state.book.note(device: device) }
        }
    }

    /// Something may have been missed: what was known may not be so any more.
    func forget() { state.withLockedValue { $0.book.forget() } }

    /// Those that are not over.
    var liveCalls: [(id: String, call: RawJSON)] { state.withLockedValue(\.book.live) }

    // MARK: - What commands are for

    /// What a command changes, as it stands now.
    ///
    /// - Parameter number: of the command.
    /// - Returns: and whether that is certain: not while an earlier command may still change the same thing.
    func resource(_ change: StateChange, of operation: OperationDraft, for number: Int) -> (
        resource: RawJSON?, isCertain: Bool
    ) {
        state.withLockedValue { state in
            let resource: RawJSON? =
                switch change.subject {
                case .call: operation.callID.flatMap(state.book.call)
                case .device: operation.deviceID.map(state.book.device) ?? state.book.onlyDevice
                case .newCall, .consultCall: nil
                }
            let expected = ExpectedChange(
                Expectations.Cause(commandID: "", traceparent: nil), change: change,
                operation: operation.object, callID: operation.callID, deviceID: operation.deviceID,
                before: nil)
            return (resource, !state.expectations.mayStillChange(expected, butFor: number))
        }
    }

    /// The call itself where it is a consult call, else the one that goes with it; nil if none is known.
    func consultCall(of callID: String) -> String? {
        state.withLockedValue { $0.book.consultCall(of: callID) }
    }

    /// The command is about to be sent.
    ///
    /// - Parameter before: what it changes, as it stood.
    /// - Returns: what is expected of it.
    @discardableResult
    func expect(
        _ change: StateChange, of number: Int, operation: OperationDraft, cause: Expectations.Cause,
        before: RawJSON?
    ) -> ExpectedChange {
        state.withLockedValue { state in
            let expectation = ExpectedChange(
                cause, change: change, operation: operation.object, callID: operation.callID,
                deviceID: operation.deviceID, before: before,
                knownCalls: change.subject == .newCall ? state.book.callIDs : [])
            state.expectations.add(expectation, of: number)
            return expectation
        }
    }

    /// GWS has taken it.
    ///
    /// - Returns: what was seen before the reply came.
    func accept(_ number: Int) -> Sighting? { state.withLockedValue { $0.expectations.accept(number) } }

    func expectation(of number: Int) -> ExpectedChange? {
        state.withLockedValue { $0.expectations.expectation(of: number) }
    }

    func sighting(of number: Int) -> Sighting? {
        state.withLockedValue { $0.expectations.sighting(of: number) }
    }

    func dismissSighting(of number: Int) {
        state.withLockedValue { $0.expectations.dismissSighting(of: number) }
    }

    func isSuperseded(_ number: Int) -> Bool {
        state.withLockedValue { $0.expectations.isSuperseded(number) }
    }

    func remove(_ number: Int) { state.withLockedValue { $0.expectations.remove(number) } }

    /// GWS has refused it.
    func refuse(_ number: Int) {
        state.withLockedValue { $0.expectations.refuse(number, at: UnixTime.now()) }
    }
}
