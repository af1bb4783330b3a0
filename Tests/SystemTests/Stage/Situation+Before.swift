import AMQP
import GWS
import GWSSimulator
import RawJSON
import TestSupport
import Testing

extension Situation {
    /// The site as the operation wants it.
    static func site(for operation: OperationDefinition) -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        if operation.name == "StartContactCenterSession" { configuration.agents[0].isLoggedIn = false }
        return configuration
    }

    /// Brings about what has to be so before the operation can be done, by commands and at telephones.
    static func before(_ operation: OperationDefinition, on stage: Stage) async throws -> Situation {
        var situation = Situation(deviceID: try await stage.device(of: "5001"))
        switch operation.target {
        case .call: try await situation.prepareCall(for: operation.name, on: stage)
        case .device: try await situation.prepareDevice(for: operation.name, on: stage)
        case .voiceChannel:
            // What it is already would not show.
            let other = operation.name == "Ready" ? "NotReady" : "Ready"
            try await stage.carryOut(#"{"agent":"5001","operationName":"\#(other)"}"#)
        case .session:
            situation.parameters["devicePath"] = "\"/devices/\(situation.deviceID)\""
        }
        return situation
    }

    private mutating func prepareDevice(for name: String, on stage: Stage) async throws {
        switch name {
        case "ListenIn", "Coach", "BargeIn": try await aim(at: "5002", on: stage)
        case "CancelSupervisorMonitoring": try await monitor("5002", by: "ListenIn", on: stage)
        case "ForwardCallsOff":
            try await stage.carryOut(
                #"{"agent":"5001","operationName":"ForwardCallsOn","destination":"5002"}"#)
        case "DoNotDisturbOff":
            try await stage.carryOut(#"{"agent":"5001","operationName":"DoNotDisturbOn"}"#)
        default: break
        }
    }

    private mutating func prepareCall(for name: String, on stage: Stage) async throws {
        switch name {
        case "Answer": callID = try await stage.simulator.ring(agent: "5001")
        case "SwitchToBargeIn", "MuteMonitoredUser":
            try await monitor("5002", by: "ListenIn", on: stage)
            callID = try await stage.simulator.ring(agent: "5002")
        case "SwitchToListenIn":
            try await monitor("5002", by: "BargeIn", on: stage)
            callID = try await stage.simulator.ring(agent: "5002")
        case "UnmuteMonitoredUser":
            try await prepareCall(for: "MuteMonitoredUser", on: stage)
        case "CompleteTransfer": try await consult(by: "InitiateTransfer", on: stage)
        case "CompleteConference": try await consult(by: "InitiateConference", on: stage)
        case "SwapCalls":
            try await consult(by: "InitiateTransfer", on: stage)
            stateBefore = try RawJSON(Array(#"{"state":"Established"}"#.utf8))
        default: callID = try await stage.establishedCall()
        }
        if name.contains("SwitchTo") || name.contains("MonitoredUser"), let callID {
            try await stage.simulator.answer(call: callID)
            try await stage.whenEstablished(callID, of: "5001")
        }
        for step in Self.steps[name] ?? [] { try await stage.carryOut(step, call: callID) }
    }

    /// What is done with the call before: the members of operation objects.
    private static let steps = [
        "Retrieve": [#""operationName":"Hold""#],
        "UnmuteCall": [#""operationName":"MuteCall""#],
        "DeleteUserData": [#""operationName":"AttachUserData","userData":{"a":1}"#],
        "DeleteUserDataPair": [
            #""operationName":"AttachUserData","userData":{"AccountNumber":"4711","b":2}"#
        ],
        "StopCallRecording": [#""operationName":"StartCallRecording""#],
        "PauseCallRecording": [#""operationName":"StartCallRecording""#],
        "ResumeCallRecording": [
            #""operationName":"StartCallRecording""#, #""operationName":"PauseCallRecording""#,
        ],
        "RemoveParticipantFromConference": [
            #""operationName":"SingleStepConference","destination":{"phoneNumber":"5002"}"#
        ],
        "UnmuteMonitoredUser": [#""operationName":"MuteMonitoredUser""#],
    ]

    /// Holds a call and consults 5002, who answers. The operation is then posted to the consult call.
    private mutating func consult(by operation: String, on stage: Stage) async throws {
        let held = try await stage.establishedCall()
        try await stage.carryOut(
            #""operationName":"\#(operation)","destination":{"phoneNumber":"5002"}"#, call: held)
        let dialing = try await stage.client.event("the consult call") {
            $0.properties.headers["gws-call-state"]?.string == "Dialing"
        }
        let data = try RawJSON(dialing.body)["data"]?["call"]
        let consult = dialing.properties.headers["gws-call-id"]?.string ?? ""
        try await stage.simulator.answer(call: consult)
        try await stage.whenEstablished(consult, of: "5001")
        callID = consult
        let base = data?["uri"]?.string?.split(separator: "/me/").first ?? ""
        parameters["consultCallUri"] = "\"\(base)/me/calls/\(consult)\""
        parameters["otherCallUri"] = "\"\(base)/me/calls/\(held)\""
    }

    private mutating func aim(at agent: String, on stage: Stage) async throws {
        let target = try await stage.simulator.baseURL() + "/api/v2/devices/" + stage.device(of: agent)
        parameters["targetDeviceUri"] = "\"\(target)\""
        parameters["supervisorMonitoringMode"] = #""AllCalls""#
    }

    private mutating func monitor(_ agent: String, by operation: String, on stage: Stage) async throws {
        try await aim(at: agent, on: stage)
        try await stage.carryOut(
            #"{"agent":"5001","operationName":"\#(operation)","targetDeviceUri":\#(parameters["targetDeviceUri"] ?? "")}"#
        )
    }
}

extension Stage {
    func device(of agent: String) async throws -> String {
        try #require(await simulator.deviceIDs(of: agent).first)
    }

    /// Has a command done that only prepares the test.
    func carryOut(_ command: String, to outcome: String = "confirmed") async throws {
        let reply = try await client.reply(to: client.send(Array(command.utf8)))
        #expect(reply.outcome == outcome, "\(command): \(reply.message.text)")
    }

    /// - Parameter operation: The members of the operation object.
    func carryOut(_ operation: String, call: String?, to outcome: String = "confirmed") async throws {
        try await carryOut(#"{"agent":"5001","callId":"\#(call ?? "")",\#(operation)}"#, to: outcome)
    }

    func whenEstablished(_ call: String, of agent: String) async throws {
        _ = try await client.event("the call is established") {
            let headers = $0.properties.headers
            return headers["gws-call-id"]?.string == call && headers["gws-agent"]?.string == agent
                && headers["gws-call-state"]?.string == "Established"
        }
    }
}
