package import GWS
package import RawJSON

/// An operation that may lack what only GWS knows: which device the agent has, what its URIs begin with.
package struct OperationDraft: Sendable {
    package let name: String
    private let path: String
    /// Whether its path does.
    private let namesDevice: Bool
    package let callID: String?
    /// Nil where the command leaves it out.
    package var deviceID: String?
    /// The command as it came.
    package let object: RawJSON
    /// The members that are the id of a call where GWS wants its URI, and what the URI's name is.
    private let uriNames: [String: String]
    private let login: CommandedLogin?
    private let trace: (parent: String?, state: String?)

    init(
        name: String, path: String, callID: String? = nil, deviceID: String? = nil, object: RawJSON,
        parameters: [OperationParameter] = [], login: CommandedLogin? = nil,
        trace: (parent: String?, state: String?) = (nil, nil)
    ) {
        self.name = name
        self.path = path
        namesDevice = path.hasPrefix(OperationDefinition.Target.device.path)
        self.callID = callID
        self.deviceID = deviceID
        self.object = object
        self.login = login
        self.trace = trace
        var uriNames: [String: String] = [:]
        for parameter in parameters {
            if let idName = parameter.idName, object[idName] != nil { uriNames[idName] = parameter.name }
        }
        self.uriNames = uriNames
    }

    package var lacksDevice: Bool { deviceID == nil && namesDevice }

    /// The call to read, where what GWS's URIs begin with has to be known.
    package var callWhoseAPIURLIsNeeded: String? { uriNames.isEmpty ? nil : callID }

    /// Finds ids that cannot be sent to any GWS.
    func check() throws(Rejection) {
        if !lacksDevice { _ = try request(posting: []) }
        if !uriNames.isEmpty { _ = try body(apiURL: "") }
    }

    /// - Parameter apiURL: What GWS's URIs begin with; not needed where no call is named by its id.
    package func request(apiURL: String = "") throws(Rejection) -> OperationRequest {
        try request(posting: body(apiURL: apiURL))
    }

    private func request(posting body: [UInt8]) throws(Rejection) -> OperationRequest {
        do {
            return try OperationRequest(
                name, path: path, callID: callID, deviceID: deviceID, body: body, login: login,
                traceparent: trace.parent, tracestate: trace.state)
        } catch {
            let field = namesDevice ? "/deviceId" : "/callId"
            throw Rejection(.invalidParameter, "\(error).", field: field)
        }
    }

    /// The GWS operation object: the command without its address, all else as it came.
    private func body(apiURL: String) throws(Rejection) -> [UInt8] {
        var text = JSONText()
        for member in object.members where !Address.fields.contains(where: member.hasKey) {
            if !uriNames.isEmpty, let uriName = uriNames[member.key], let id = member.value.string {
                do {
                    text.add(uriName, try OperationRequest.uri(ofCall: id, on: apiURL))
                } catch {
                    throw Rejection(.invalidParameter, "\(error).", field: "/\(member.key)")
                }
            } else {
                text.add(member.key, raw: member.value.bytes)
            }
        }
        return text.closed
    }
}
