import GWSSimulator
import Testing

@Suite struct CallModelTests {
    @Test func `a call from outside rings at the agent and offers no Hangup`() throws {
        let call = CallModel.fromOutside
        #expect(call.kind == .inbound)
        #expect(call.beginning == [.init(agent: "5001", type: .statusChange)])
        #expect(
            call.offered(to: "5001") == [
                "Answer", "AttachUserData", "ClearCall", "DeleteUserData", "DeleteUserDataPair",
                "UpdateUserData",
            ])
    }

    @Test func `answering establishes both legs of an internal call, the answering one first`() throws {
        var call = CallModel.betweenAgents
        let effects = try call.perform(.answer, for: "5001", at: 1000)
        #expect(call.states == ["5001": .established, "5002": .established])
        #expect(effects.map(\.agent) == ["5001", "5002"])
        #expect(effects.allSatisfy { $0.type == .statusChange })
    }

    @Test func `holding changes only the leg of the one who holds`() throws {
        var call = try CallModel.betweenAgents.after(.answer)
        let effects = try call.perform(.hold, for: "5001", at: 2000)
        #expect(call.states == ["5001": .held, "5002": .established])
        #expect(effects.map(\.agent) == ["5001"])
        #expect(call.offered(to: "5001").contains("Retrieve"))
        #expect(!call.offered(to: "5001").contains("Hold"))
    }

    @Test func `retrieving makes the leg established again`() throws {
        let call = try CallModel.fromOutside.after(.answer, .hold, .retrieve)
        #expect(call.states == ["5001": .established])
    }

    @Test func `hanging up releases every leg and offers nothing more`() throws {
        let call = try CallModel.betweenAgents.after(.answer, .hangup)
        #expect(call.isOver)
        #expect(call.offered(to: "5001").isEmpty)
        #expect(call.offered(to: "5002").isEmpty)
    }

    @Test func `recording goes through its states and offers what may follow`() throws {
        var call = try CallModel.fromOutside.after(.answer)
        #expect(call.recordingOffered == ["StartCallRecording"])
        call = try call.after(.startCallRecording)
        #expect(call.recording == .recording)
        #expect(call.recordingOffered == ["PauseCallRecording", "StopCallRecording"])
        call = try call.after(.pauseCallRecording)
        #expect(call.recording == .paused)
        #expect(call.recordingOffered == ["ResumeCallRecording", "StopCallRecording"])
        call = try call.after(.resumeCallRecording)
        #expect(call.recording == .recording)
        call = try call.after(.stopCallRecording)
        #expect(call.recording == .stopped)
        #expect(call.recordingOffered == ["StartCallRecording"])
    }

    @Test(arguments: [
        ([CallOperation.startCallRecording], "ON"), ([.startCallRecording, .pauseCallRecording], "PAUSED"),
        ([.startCallRecording, .stopCallRecording], "OFF"),
    ])
    func `the switch marks the recording in the user data`(operations: [CallOperation], mark: String) throws {
        let call = try operations.reduce(CallModel.fromOutside.after(.answer)) { try $0.after($1) }
        #expect(call.userData.first { $0.key == "GSIP_RECORD" }?.value == .string(mark))
        let file = call.userData.first { $0.key == "GSIP_REC_FN" }?.value.string
        #expect(file?.hasPrefix("\(call.id)_5001_") == true)
    }

    @Test func `every agent on the call is told of the recording, each once`() throws {
        var call = try CallModel.betweenAgents.after(.answer)
        let effects = try call.perform(.startCallRecording, for: "5002", at: 0)
        #expect(
            effects == [
                .init(agent: "5002", type: .recordingStateChange),
                .init(agent: "5001", type: .recordingStateChange),
            ])
    }

    @Test(arguments: [
        CallOperation.hold, .retrieve, .hangup, .startCallRecording, .pauseCallRecording,
        .resumeCallRecording,
        .stopCallRecording, .unmuteCall, .muteCall, .sendDtmf("1"),
    ])
    func `an operation that is not offered is refused and changes nothing`(operation: CallOperation) {
        var call = CallModel.fromOutside
        let outcome = Result { try call.perform(operation, for: "5001", at: 0) }
        #expect(outcome.refusal == .notAllowed(operation: operation.name, state: .ringing))
        #expect(call == CallModel.fromOutside)
    }

    @Test func `recording is refused, and not offered, without the feature`() throws {
        var call = try CallModel.fromOutside.after(.answer)
        let outcome = Result { try call.perform(.startCallRecording, for: "5001", mayRecord: false, at: 0) }
        #expect(outcome.refusal == .featureMissing("api-voice-recording"))
        let party = try #require(call.party(of: "5001"))
        #expect(!call.capabilities(of: party, mayRecord: false).contains("StartCallRecording"))
    }

    @Test func `a call is not the call of an agent who is not on it`() {
        var call = CallModel.fromOutside
        let outcome = Result { try call.perform(.answer, for: "5002", at: 0) }
        #expect(outcome.refusal == .noSuchCall(call.id))
    }

    @Test func `updating user data overwrites, attaching adds a second time`() throws {
        var call = try CallModel.fromOutside.after(
            .updateUserData([.init("a", 1)]), .updateUserData([.init("a", 2)]))
        #expect(call.userData == [.init("a", 2)])
        call = try call.after(.attachUserData([.init("a", 3)]))
        #expect(call.userData == [.init("a", 2), .init("a", 3)])
        call = try call.after(.deleteUserDataPair("a"))
        #expect(call.userData.isEmpty)
    }

    @Test func `the resource counts the seconds since the call reached the agent`() throws {
        let call = CallModel.fromOutside
        let party = try #require(call.party(of: "5001"))
        let resource = call.resource(
            for: party, deviceID: "d", baseURL: "http://gws", mayRecord: true, at: 3999)
        #expect(resource["duration"]?.string == "3")
        #expect(resource["recordingState"] == nil)
        #expect(resource["participants"]?.elements.first?["phoneNumber"]?.string == "+4930")
    }

    @Test func `the resource has its members in the order of the real server`() throws {
        let call = try CallModel.betweenAgents.after(.answer, .updateUserData([.init("a", 1)]))
        let party = try #require(call.party(of: "5001"))
        let resource = call.resource(for: party, deviceID: "d", baseURL: "http://gws", mayRecord: true, at: 0)
        #expect(
            resource.members.map(\.key) == [
                "id", "state", "callUuid", "connId", "deviceUri", "participants", "dnis", "callType",
                "capabilities",
                "userData", "duration", "mute", "recordingState", "supervisorListeningIn",
                "monitoredUserMuted",
                "monitoring", "uri", "path", "case",
            ])
    }
}

extension CallModel {
    fileprivate static let fromOutside = CallModel(
        id: "CALL", connID: "006c", from: (nil, "+4930"), to: ("5001", "5001"), at: 0)
    fileprivate static let betweenAgents = CallModel(
        id: "CALL", connID: "006c", from: ("5002", "5002"), to: ("5001", "5001"), at: 0)

    /// After 5001 has done these.
    fileprivate func after(_ operations: CallOperation...) throws -> CallModel {
        var call = self
        for operation in operations { _ = try call.perform(operation, for: "5001", at: 0) }
        return call
    }

    fileprivate var states: [String: State] {
        var states: [String: State] = [:]
        for party in parties { if let agent = party.agent { states[agent] = party.state } }
        return states
    }

    fileprivate func offered(to agent: String) -> [String] {
        party(of: agent).map { capabilities(of: $0, mayRecord: true).sorted() } ?? []
    }

    fileprivate var recordingOffered: [String] {
        offered(to: "5001").filter { $0.hasSuffix("CallRecording") }
    }
}

extension Result where Failure == any Error {
    fileprivate var refusal: Refusal? {
        guard case .failure(let error) = self else { return nil }
        return error as? Refusal
    }
}
