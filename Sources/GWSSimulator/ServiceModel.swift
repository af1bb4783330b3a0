/// A back end that GWS depends on, as `GET /services` lists it.
package struct ServiceModel: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case provisioning = "Provisioning"
        case voice = "Voice"
        case multimediaState = "MultiMediaState"
        case multimediaContent = "MultiMediaContent"
    }

    package let kind: Kind
    package var isActive = true

    package var id: String { kind.rawValue.lowercased() }

    package func resource(baseURL: String) -> JSON {
        [
            "id": .string(id), "name": .string(kind.rawValue), "type": .string(kind.rawValue),
            "state": isActive ? "Active" : "Inactive", "uri": .string("\(baseURL)/services/\(id)"),
            "path": .string("/services/\(id)"),
        ]
    }
}
