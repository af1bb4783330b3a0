import ArgumentParser

/// Calls per second as they are written on the command line: none, or from one in a day to ten thousand.
struct CallRate: ExpressibleByArgument, CustomStringConvertible {
    private static let range = 1.0 / 86_400...10_000

    let callsPerSecond: Double

    init(_ callsPerSecond: Double) { self.callsPerSecond = callsPerSecond }

    init?(argument: String) {
        guard let value = Double(argument), value == 0 || Self.range.contains(value) else { return nil }
        callsPerSecond = value
    }

    var description: String { "\(callsPerSecond)" }
}
