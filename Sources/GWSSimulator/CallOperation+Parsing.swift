extension CallOperation {
    package init(body: JSON) throws(Refusal) {
        let name = try body.operationName()
        if let plain = Self.withoutParameters[name] {
            self = plain
            return
        }
        switch name {
        case "SendDtmf":
            let digits = try Self.text("digits", in: body)
            guard digits.isDigits else { throw .invalid("digits") }
            self = .sendDtmf(digits)
        case "SingleStepTransfer": self = .singleStepTransfer(try Destination(body: body))
        case "InitiateTransfer": self = .initiateTransfer(try Destination(body: body))
        case "CompleteTransfer": self = .completeTransfer(consult: try Self.call("consultCallUri", in: body))
        case "SingleStepConference": self = .singleStepConference(try Destination(body: body))
        case "InitiateConference": self = .initiateConference(try Destination(body: body))
        case "CompleteConference":
            self = .completeConference(consult: try Self.call("consultCallUri", in: body))
        case "RemoveParticipantFromConference":
            self = .removeParticipant(try Self.text("participant", in: body))
        case "SwapCalls":
            guard let other = try Self.call("otherCallUri", in: body) else { throw .missing("otherCallUri") }
            self = .swapCalls(other: other)
        case "DeleteUserDataPair": self = .deleteUserDataPair(try Self.text("key", in: body))
        case "AttachUserData": self = .attachUserData(try Self.object("userData", in: body))
        case "UpdateUserData": self = .updateUserData(try Self.object("userData", in: body))
        default: throw .unknownOperation(name)
        }
    }

    private static let withoutParameters: [String: CallOperation] = {
        let operations: [CallOperation] = [
            .answer, .hold, .retrieve, .hangup, .clearCall, .muteCall, .unmuteCall, .deleteUserData,
            .startCallRecording, .pauseCallRecording, .resumeCallRecording, .stopCallRecording,
            .switchToBargeIn, .switchToListenIn, .muteMonitoredUser, .unmuteMonitoredUser,
        ]
        return Dictionary(uniqueKeysWithValues: operations.map { ($0.name, $0) })
    }()

    private static func text(_ name: String, in body: JSON) throws(Refusal) -> String {
        guard let value = body[name] else { throw .missing(name) }
        guard let text = value.string, !text.isEmpty else { throw .invalid(name) }
        return text
    }

    private static func object(_ name: String, in body: JSON) throws(Refusal) -> [JSON.Member] {
        guard let value = body[name] else { throw .missing(name) }
        guard value.isObject else { throw .invalid(name) }
        return value.members
    }

    /// The id at the end of a call's URI; nil if there is none.
    private static func call(_ name: String, in body: JSON) throws(Refusal) -> String? {
        guard let value = body[name] else { return nil }
        guard let uri = value.string else { throw .invalid(name) }
        let segments = uri.split(separator: "/", omittingEmptySubsequences: false)
        guard uri.hasPrefix("http"), segments.dropLast().last == "calls", let id = segments.last, !id.isEmpty
        else { throw .invalid(name) }
        return String(id)
    }
}
