import Foundation

/// Lines of Prometheus' text format, version 0.0.4.
struct PrometheusText {
    private(set) var lines = ""

    mutating func begin(_ name: String, _ kind: PrometheusKind, help: String?) {
        if let help { lines += "# HELP \(name) \(Self.escape(help))\n" }
        lines += "# TYPE \(name) \(kind.rawValue)\n"
    }

    /// - Parameter labels: as ``labels(_:)`` writes them.
    mutating func add(_ name: String, _ labels: String, _ value: Double) {
        lines += name
        if !labels.isEmpty { lines += "{\(labels)}" }
        lines += " \(Self.number(value))\n"
    }

    /// Sorted by name, without the braces.
    static func labels(_ labels: [(String, String)]) -> String {
        labels.map { (name($0.0, mayHaveColons: false), escape($0.1, quotes: true)) }
            .sorted { $0.0 < $1.0 }
            .map { "\($0.0)=\"\($0.1)\"" }
            .joined(separator: ",")
    }

    /// The value of one of the labels, as it is written; nil without it.
    static func value(of label: String, in labels: String) -> String? {
        guard let begin = ",\(labels)".range(of: ",\(label)=\"")?.upperBound else { return nil }
        return String(",\(labels)"[begin...].prefix { $0 != "\"" })
    }

    /// With an underscore for every character that a name may not have.
    static func name(_ name: String, mayHaveColons: Bool = true) -> String {
        var text = ""
        for character in name.unicodeScalars {
            let isLetter = character.isASCII && character.properties.isAlphabetic
            let isAllowed = isLetter || character == "_" || character == ":" && mayHaveColons
            let isDigit = ("0"..."9").contains(character)
            if isDigit, text.isEmpty { text = "_" }
            text.unicodeScalars.append(isAllowed || isDigit ? character : "_")
        }
        return text.isEmpty ? "_" : text
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    private static func escape(_ text: String, quotes: Bool = false) -> String {
        var escaped = ""
        // By scalar: a carriage return and a line feed are one character to Swift.
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
