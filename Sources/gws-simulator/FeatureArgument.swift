import ArgumentParser
import GWSSimulator

/// The id of a feature that a site may have.
struct FeatureArgument: ExpressibleByArgument {
    let id: String

    init?(argument: String) {
        guard SimulatorConfiguration.allFeatures.contains(argument) else { return nil }
        id = argument
    }

    static var allValueStrings: [String] { SimulatorConfiguration.allFeatures }
}
