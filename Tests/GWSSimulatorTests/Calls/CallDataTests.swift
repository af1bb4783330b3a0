import GWSSimulator
import Testing

@Suite struct CallDataTests {
    @Test func `updating user data overwrites, attaching adds a second time, each agent is told`() throws {
        var desk = try Desk.internalCall()
        try desk.act("5001", "a", .updateUserData([.init("a", 1)]))
        #expect(
            desk.news() == [
                "5001 a AttachedDataChanged Established", "5002 a AttachedDataChanged Established",
            ])
        try desk.act("5001", "a", .updateUserData([.init("a", 2), .init("b", ["c": 1])]))
        #expect(desk.userData == [.init("a", 2), .init("b", ["c": 1])])
        try desk.act("5002", "a", .attachUserData([.init("a", 3)]))
        #expect(desk.userData == [.init("a", 2), .init("b", ["c": 1]), .init("a", 3)])
    }

    @Test(arguments: [
        CallOperation.attachUserData(Self.much), .updateUserData(Self.much),
        .singleStepConference(Destination("5003", userData: Self.much)),
        .initiateTransfer(Destination("5003", userData: Self.much + Self.much)),
    ])
    func `user data that would be too much for a call is refused and changes nothing`(
        operation: CallOperation
    )
        throws
    {
        var desk = try Desk.talking()
        try desk.act("5001", "a", .updateUserData([.init("a", Self.much[0].value)]))
        let before = desk.leg("5001", "a")
        #expect(desk.refusal("5001", "a", operation) == .userDataTooLarge)
        #expect(desk.leg("5001", "a") == before)
        #expect(throws: Refusal.userDataTooLarge) {
            try desk.call("+4931", "5003", userData: Self.much + Self.much)
        }
    }

    /// More than half of what a call may have.
    private static let much = [JSON.Member("b", .string(String(repeating: "x", count: 40 << 10)))]

    @Test func `deleting a pair removes each of that key, deleting user data all`() throws {
        var desk = try Desk.talking()
        try desk.act("5001", "a", .attachUserData([.init("a", 1), .init("a", 2), .init("b", 3)]))
        try desk.act("5001", "a", .deleteUserDataPair("a"))
        #expect(desk.userData == [.init("b", 3)])
        try desk.act("5001", "a", .deleteUserData)
        #expect(desk.userData == [])
        #expect(desk.resource["userData"] == nil)
    }

    @Test func `recording goes through its states and offers what may follow`() throws {
        var desk = try Desk.talking()
        #expect(desk.recordingOffered == ["StartCallRecording"])
        #expect(desk.resource["recordingState"]?.string == "Stopped")
        try desk.act("5001", "a", .startCallRecording)
        #expect(desk.recordingOffered == ["PauseCallRecording", "StopCallRecording"])
        #expect(desk.resource["recordingState"]?.string == "Recording")
        try desk.act("5001", "a", .pauseCallRecording)
        #expect(desk.recordingOffered == ["ResumeCallRecording", "StopCallRecording"])
        #expect(desk.resource["recordingState"]?.string == "Paused")
        try desk.act("5001", "a", .resumeCallRecording)
        #expect(desk.resource["recordingState"]?.string == "Recording")
        try desk.act("5001", "a", .stopCallRecording)
        #expect(desk.recordingOffered == ["StartCallRecording"])
        #expect(desk.resource["recordingState"]?.string == "Stopped")
    }

    @Test(arguments: [
        ([CallOperation.startCallRecording], "ON"), ([.startCallRecording, .pauseCallRecording], "PAUSED"),
        ([.startCallRecording, .stopCallRecording], "OFF"),
        ([.startCallRecording, .pauseCallRecording, .resumeCallRecording], "ON"),
    ])
    func `the switch marks the recording in the user data`(operations: [CallOperation], mark: String) throws {
        var desk = try Desk.talking()
        for operation in operations { try desk.act("5001", "a", operation) }
        #expect(desk.userData?.first { $0.key == "GSIP_RECORD" }?.value == .string(mark))
        let file = desk.userData?.first { $0.key == "GSIP_REC_FN" }?.value.string
        #expect(file?.hasPrefix("\(desk.id("a"))_5001_") == true)
    }

    @Test func `every agent on the call is told of the recording, each once`() throws {
        var desk = try Desk.internalCall()
        try desk.act("5002", "a", .startCallRecording)
        #expect(
            desk.news() == [
                "5002 a CallRecordingStateChange Established", "5001 a CallRecordingStateChange Established",
            ])
    }

    @Test func `recording is refused, and not shown, without the feature`() throws {
        var desk = try Desk.talking()
        desk.features.remove("api-voice-recording")
        #expect(
            desk.refusal("5001", "a", .startCallRecording) == .featureMissing("api-voice-recording"))
        let leg = try #require(desk.leg("5001", "a"))
        #expect(!leg.capabilities(with: desk.features).contains("StartCallRecording"))
        #expect(desk.resource["recordingState"] == nil)
    }
}

extension Desk {
    fileprivate var userData: [JSON.Member]? { leg("5001", "a")?.call.userData }
    fileprivate var recordingOffered: [String] {
        offered("5001", "a").filter { $0.hasSuffix("CallRecording") }
    }
    fileprivate var resource: JSON {
        leg("5001", "a")?.resource(deviceID: "d", baseURL: "http://gws", features: features, at: 0) ?? .null
    }
}
