import RawJSON
import Testing

@testable import GWS

struct NotificationTests {
    private func notification(_ text: String) throws -> GWS.Notification {
        try GWS.Notification(
            RawJSON(Array(text.utf8), limits: .gws), channel: "/v2/me/calls", receivedAt: 1)
    }

    @Test(arguments: [
        #"[{"e164Number":"","formattedPhoneNumber":"1003","phoneNumber":"1003","digits":"1003"}]"#,
        #"["1003"],"participantsInfo":[{"digits":"1003"}]"#, "null", "7",
    ])
    func `a call's notification is read, whatever its participants look like`(participants: String) throws {
        let text =
            #"{"data":{"notificationType":"CallRecordingStateChange","call":{"id":"00RV","state":"Established","#
            + #""deviceUri":"http://h/api/v2/devices/d1","participants":"# + participants
            + #","recordingState":"Paused"},"phoneNumber":"15000","messageType":"CallStateChangeMessage","#
            + #""metrics":{"eventProcessing":{"serverGenerationTimestamp":1769554688150}}},"channel":"/v2/me/calls"}"#
        let notification = try notification(text)
        #expect(notification.messageType == "CallStateChangeMessage")
        #expect(notification.notificationType == "CallRecordingStateChange")
        #expect(notification.callID == "00RV")
        #expect(notification.callState == "Established")
        #expect(notification.recordingState == "Paused")
        #expect(notification.generatedAt == 1_769_554_688_150)
        #expect(notification.deviceIDs == [])
        #expect(String(decoding: notification.body, as: UTF8.self) == text)
    }

    @Test func `a device message may be about several`() throws {
        let notification = try notification(
            #"{"data":{"messageType":"DeviceStateChangeMessage","devices":[{"id":"a"},{"userState":{}},{"id":"b"}]}}"#
        )
        #expect(notification.deviceIDs == ["a", "b"])
        #expect(notification.notificationType == nil)
    }

    @Test func `an error message belongs to the device or the call that it names`() throws {
        let device = try notification(
            #"{"data":{"messageType":"ErrorMessage","devicePath":"/devices/6f0c","deviceUri":"http://h/api/v2/devices/6f0c"}}"#
        )
        #expect(device.deviceIDs == ["6f0c"])
        #expect(device.callID == nil)
        let call = try notification(
            #"{"data":{"messageType":"ErrorMessage","callUri":"http://h/api/v2/me/calls/a%2Fb"}}"#)
        #expect(call.callID == "a/b")
    }

    @Test(arguments: [
        "{}", #"{"data":null}"#, #"{"data":[]}"#, #"{"data":"text"}"#, #"{"data":{"call":7,"devices":{}}}"#,
        #"{"data":{"call":{"id":7,"state":null},"devices":[1,{"id":2}],"messageType":{},"metrics":[]}}"#,
        #"{"data":{"metrics":{"eventProcessing":{"serverGenerationTimestamp":1e99}}}}"#,
        #"{"data":{"deviceUri":"","callPath":"///"}}"#, "[]",
    ])
    func `whatever is missing or misshapen is nil`(text: String) throws {
        let notification = try notification(text)
        #expect(notification.messageType == nil)
        #expect(notification.callID == nil)
        #expect(notification.callState == nil)
        #expect(notification.deviceIDs == [])
        #expect(notification.generatedAt == nil)
    }
}
