import ArgumentParser

/// AGENT:NUMBER.
struct DeviceArgument: ExpressibleByArgument {
    let agent: String
    let number: String

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        (agent, number) = (parts[0], parts[1])
    }
}
