/// An operation on its way to GWS: where to, and the JSON to post.
public struct OperationRequest: Sendable {
    public let name: String
    /// Below `/api/v2`, encoded.
    package let path: String
    public let body: [UInt8]
    /// What it says about the agent's log-in at the contact centre.
    let login: CommandedLogin?
    /// Of the W3C trace context; passed on where they are well-formed.
    public var traceparent: String?
    public var tracestate: String?

    /// - Parameters:
    ///   - path: Below `/api/v2`, with `{callId}` or `{deviceId}` where the id goes.
    ///   - body: The operation object, as GWS documents it: `{"operationName":"Answer"}`.
    ///   - login: As the catalogue has it.
    /// - Throws: `GWSError.invalidAddress` if the id that the path asks for is missing or cannot stand in a path.
    public init(
        _ name: String, path: String, callID: String? = nil, deviceID: String? = nil,
        body: [UInt8], login: CommandedLogin? = nil, traceparent: String? = nil, tracestate: String? = nil
    ) throws(GWSError) {
        self.name = name
        self.body = body
        self.login = login
        self.traceparent = traceparent
        self.tracestate = tracestate
        guard let open = path.utf8.firstIndex(of: UInt8(ascii: "{")),
            let close = path.utf8.firstIndex(of: UInt8(ascii: "}")), open < close
        else {
            self.path = path
            return
        }
        let name = path[open...close]
        let id =
            switch name {
            case "{callId}": try PathSegment.encoded(callID, of: "call")
            case "{deviceId}": try PathSegment.encoded(deviceID, of: "device")
            default: String(name)
            }
        self.path = path[..<open] + id + path[path.index(after: close)...]
    }
}

extension OperationRequest {
    /// The URI by which an operation names another call.
    ///
    /// - Parameter apiURL: What GWS's URIs begin with, `https://gws.example/api/v2`.
    /// - Throws: `GWSError.invalidAddress` if the id cannot stand in a path.
    public static func uri(ofCall id: String, on apiURL: String) throws(GWSError) -> String {
        try apiURL + "/me/calls/" + PathSegment.encoded(id, of: "call")
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
