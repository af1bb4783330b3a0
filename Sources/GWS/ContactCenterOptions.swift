import RawJSON

/// How an agent logs in at the contact centre (HTCC API reference, StartContactCenterSession).
public struct ContactCenterOptions: Sendable, Hashable {
    public var channels: [String]
    /// The agent's own devices if nil.
    public var place: String?
    /// The one of the agent's that fits the switch if nil.
    public var loginCode: String?
    public var queue: String?
    /// For a place with several devices of which GWS cannot choose one.
    public var devicePath: String?

    public init(
        channels: [String] = ["voice"], place: String? = nil, loginCode: String? = nil, queue: String? = nil,
        devicePath: String? = nil
    ) {
        self.channels = channels
        self.place = place
        self.loginCode = loginCode
        self.queue = queue
        self.devicePath = devicePath
    }

    /// The operation as it is posted.
    var operation: [UInt8] {
        var json = Array(#"{"operationName":"StartContactCenterSession","channels":["#.utf8)
        json += channels.map(RawJSON.quoted).joined(separator: [UInt8(ascii: ",")])
        json.append(UInt8(ascii: "]"))
        let rest = [
            ("place", place), ("loginCode", loginCode), ("queue", queue), ("devicePath", devicePath),
        ]
        for case (let name, let value?) in rest {
            json += [UInt8(ascii: ",")] + RawJSON.quoted(name) + [UInt8(ascii: ":")] + RawJSON.quoted(value)
        }
        json.append(UInt8(ascii: "}"))
        return json
    }
}
