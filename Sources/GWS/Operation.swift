/// A row of the catalogue: what there is to know about an operation before it is sent.
public struct OperationDefinition: Sendable, Hashable {
    /// What an operation is posted to.
    public enum Target: String, Sendable {
        case call, device, voiceChannel, session
    }

    public enum ParameterType: String, Sendable {
        case string, number, boolean, object, array
    }

    public struct Parameter: Sendable, Hashable {
        public let name: String
        public let type: ParameterType
        public let isRequired: Bool

        public init(_ name: String, _ type: ParameterType, isRequired: Bool) {
            self.name = name
            self.type = type
            self.isRequired = isRequired
        }
    }

    public let name: String
    public let target: Target
    public let parameters: [Parameter]
    /// What the contact centre must have been granted.
    public let feature: String
    /// Whether sending it twice does, and is answered, the same as sending it once.
    public let isRepeatable: Bool

    public init(
        _ name: String, _ target: Target, parameters: [Parameter] = [], feature: String = "api-voice",
        isRepeatable: Bool = false
    ) {
        self.name = name
        self.target = target
        self.parameters = parameters
        self.feature = feature
        self.isRepeatable = isRepeatable
    }
}

/// An operation on its way to GWS: where to, and the JSON to post.
public struct OperationRequest: Sendable {
    public let name: String
    /// Below `/api/v2`, encoded.
    let path: String
    public let body: [UInt8]
    /// Of the W3C trace context; passed on where they are well-formed.
    public var traceparent: String?
    public var tracestate: String?

    /// - Parameter body: The operation object, as GWS documents it: `{"operationName":"Answer"}`.
    /// - Throws: `GWSError.invalidAddress` if the target's id is missing or cannot stand in a path.
    public init(
        _ name: String, target: OperationDefinition.Target, callID: String? = nil, deviceID: String? = nil,
        body: [UInt8], traceparent: String? = nil, tracestate: String? = nil
    ) throws(GWSError) {
        self.name = name
        self.body = body
        self.traceparent = traceparent
        self.tracestate = tracestate
        path =
            switch target {
            case .call: try "/me/calls/" + PathSegment.encoded(callID, of: "call")
            case .device: try "/me/devices/" + PathSegment.encoded(deviceID, of: "device")
            case .voiceChannel: "/me/channels/voice"
            case .session: "/me"
            }
    }
}

/// Ids are opaque: whatever they hold, they must stay one segment of the path.
enum PathSegment {
    static func encoded(_ id: String?, of what: String) throws(GWSError) -> String {
        guard let id, !id.isEmpty else { throw .invalidAddress("the \(what) has no id") }
        // Dots stand for directories even when they are encoded.
        guard id != ".", id != ".." else { throw .invalidAddress("'\(id)' is no id of a \(what)") }
        guard id.utf8.count <= 1024 else { throw .invalidAddress("the id of the \(what) is too long") }
        if id.utf8.allSatisfy(isUnreserved) { return id }
        let hex = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        encoded.reserveCapacity(id.utf8.count * 3)
        for byte in id.utf8 {
            if isUnreserved(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
