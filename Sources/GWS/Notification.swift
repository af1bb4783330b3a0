import Foundation
public import RawJSON

/// What GWS told on its own account: the bytes as it delivered them, and what stands in them that a reader wants to
/// know without parsing.
///
/// Anything absent or of another type is nil: what GWS's versions send differs, and a notification that is not
/// understood is passed on all the same.
public struct Notification: Sendable, Equatable {
    /// The whole message, `{"data":{…},"channel":"…"}`, exactly as it stood.
    public let json: RawJSON
    /// Empty where the message has none.
    public let channel: String
    public private(set) var messageType: String?
    public private(set) var notificationType: String?
    public private(set) var callID: String?
    public private(set) var callState: String?
    public private(set) var recordingState: String?
    /// The call that it is about.
    public private(set) var call: RawJSON?
    /// The list of the devices that it is about.
    public private(set) var devices: RawJSON?
    /// The devices that it is about; of an ErrorMessage the one that it names. Not the device of a call.
    public private(set) var deviceIDs: [String] = []
    /// Unix milliseconds, by GWS's clock.
    public private(set) var generatedAt: Int64?
    /// Unix milliseconds.
    public let receivedAt: Int64

    public var body: ArraySlice<UInt8> { json.bytes }

    public init(_ json: RawJSON, channel: String, receivedAt: Int64) {
        self.json = json
        self.channel = channel
        self.receivedAt = receivedAt
        guard let data = json["data"] else { return }
        var callAddress: String?
        var deviceAddress: String?
        // One pass: the notification is long, and a look-up reads all that stands before.
        for member in data.members {
            if member.hasKey("call") {
                // Twice in the text, the first counts.
                if call == nil { readCall(member.value) }
                call = call ?? member.value
            } else if member.hasKey("messageType") {
                messageType = member.value.string
            } else if member.hasKey("notificationType") {
                notificationType = member.value.string
            } else if member.hasKey("devices") {
                guard devices == nil else { continue }
                devices = member.value
                deviceIDs = member.value.elements.compactMap { $0["id"]?.string }
            } else if member.hasKey("metrics") {
                generatedAt = member.value["eventProcessing"]?["serverGenerationTimestamp"]?.int.map(
                    Int64.init)
            } else if member.hasKey("callUri") || member.hasKey("callPath") {
                callAddress = callAddress ?? member.value.string
            } else if member.hasKey("deviceUri") || member.hasKey("devicePath") {
                deviceAddress = deviceAddress ?? member.value.string
            }
        }
        // An ErrorMessage may say no more than where it belongs (observed with 8.5.202).
        if callID == nil { callID = callAddress.flatMap(Self.id(inAddress:)) }
        if callID == nil, deviceIDs.isEmpty, let id = deviceAddress.flatMap(Self.id(inAddress:)) {
            deviceIDs = [id]
        }
    }

    /// The same, without the text that it stands in.
    public var detached: Notification {
        Notification(json.detached, channel: channel, receivedAt: receivedAt)
    }

    private mutating func readCall(_ call: RawJSON) {
        for member in call.members {
            if member.hasKey("id") {
                callID = member.value.string
            } else if member.hasKey("state") {
                callState = member.value.string
            } else if member.hasKey("recordingState") {
                recordingState = member.value.string
            }
        }
    }

    private static func id(inAddress address: String) -> String? {
        guard let last = address.split(separator: "/").last else { return nil }
        return last.removingPercentEncoding ?? String(last)
    }
}
