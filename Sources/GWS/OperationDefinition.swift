/// A row of the catalogue: what there is to know about an operation before it is sent. Validation, address, schemas,
/// documentation and completion are all made of it.
public struct OperationDefinition: Sendable, Hashable {
    /// What an operation acts on, and so which commands it must not overtake.
    public enum Target: String, Sendable, CaseIterable {
        case call, device, voiceChannel, session

        /// Where its operations are posted to, below `/api/v2`, unless a row says otherwise.
        public var path: String {
            switch self {
            case .call: "/me/calls/{callId}"
            case .device: "/me/devices/{deviceId}"
            case .voiceChannel: "/me/channels/voice"
            case .session: "/me"
            }
        }
    }

    public let name: String
    public let target: Target
    /// Below `/api/v2`, with `{callId}` or `{deviceId}` where the id goes.
    public let path: String
    public let parameters: [OperationParameter]
    /// What the contact centre must have been granted.
    public let features: [String]
    /// Whether sending it twice does, and is answered, the same as sending it once.
    public let isRepeatable: Bool
    /// Whether it does more than its name says to somebody in a hurry: a person is asked before.
    public let isSweeping: Bool
    /// What shows that it took effect; nil where nothing does.
    public let stateChange: StateChange?
    /// What it says about the agent's log-in at the contact centre; nil where that is not its subject.
    public let login: CommandedLogin?
    /// A sentence for those who choose an operation.
    public let summary: String

    public init(
        _ name: String, _ target: Target, _ summary: String, path: String? = nil,
        parameters: [OperationParameter] = [], features: [String] = ["api-voice"], isRepeatable: Bool = false,
        isSweeping: Bool = false, login: CommandedLogin? = nil, shows stateChange: StateChange? = nil
    ) {
        self.name = name
        self.target = target
        self.path = path ?? target.path
        self.parameters = parameters
        self.features = features
        self.isRepeatable = isRepeatable
        self.isSweeping = isSweeping
        self.stateChange = stateChange
        self.login = login
        self.summary = summary
    }
}
