import ArgumentParser
import GWSSimulator

/// The type of a back end.
struct ServiceArgument: ExpressibleByArgument {
    let type: String

    init?(argument: String) {
        guard Self.allValueStrings.contains(argument) else { return nil }
        type = argument
    }

    static var allValueStrings: [String] { ServiceModel.Kind.allCases.map(\.rawValue) }
}
