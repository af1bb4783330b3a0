internal import RawJSON

/// Calls or devices as GWS showed them when it was asked for all, by their ids.
struct ReadResources: Sendable {
    /// In the order in which they were read, each once.
    private(set) var ids: [String] = []
    /// Whether there was one without an id. It may be any; so none is certain to be missing.
    private(set) var hasNameless = false
    private var resources: [String: RawJSON] = [:]

    /// Of several with one id the last counts, in the place of the first. What has no id is left out.
    init(_ list: [RawJSON]) {
        for resource in list {
            guard let id = resource["id"]?.string else {
                hasNameless = true
                continue
            }
            if resources.updateValue(resource, forKey: id) == nil { ids.append(id) }
        }
    }

    subscript(id: String) -> RawJSON? { resources[id] }
}
