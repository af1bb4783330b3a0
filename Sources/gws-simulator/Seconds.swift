import ArgumentParser

/// A time as it is written on the command line: seconds, with a fraction if need be, up to a year.
struct Seconds: ExpressibleByArgument, CustomStringConvertible {
    private static let longest = 366.0 * 86_400

    private let value: Double

    init(_ value: Double) { self.value = value }

    init?(argument: String) {
        // Neither is NaN in the range.
        guard let value = Double(argument), (0...Self.longest).contains(value) else { return nil }
        self.value = value
    }

    var duration: Duration { .milliseconds(Int((value * 1000).rounded())) }
    var description: String { "\(value)" }
}
