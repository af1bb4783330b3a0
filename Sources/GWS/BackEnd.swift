/// Something that GWS depends on, as it names it: `Voice`, `MultiMediaState`.
public struct BackEnd: Sendable, Hashable {
    public let type: String
    public let isActive: Bool

    public init(type: String, isActive: Bool) {
        self.type = type
        self.isActive = isActive
    }
}
