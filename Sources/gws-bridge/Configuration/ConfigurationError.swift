/// Why a configuration was refused: one line, which names the key and where it was set.
struct ConfigurationError: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// `bridge.yaml:12: amqp.heartbeat: …`
    init(at origin: Origin, _ subject: String, _ reason: String) {
        description = [origin.label, subject, reason].compactMap { $0 }.joined(separator: ": ")
    }

    /// "; did you mean …?", if one of the names is close enough to be what was meant.
    static func suggestion(for name: String, among names: [String]) -> String {
        let nearest = names.map { (name: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= max(2, name.count / 3) else { return "" }
        return "; did you mean \"\(nearest.name)\"?"
    }

    /// How many letters to change, add or remove to make one of the other (Levenshtein).
    private static func distance(_ one: String, _ other: String) -> Int {
        let one = Array(one.utf8)
        let other = Array(other.utf8)
        var row = Array(0...other.count)
        for (index, letter) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in other.indices {
                let above = row[column + 1]
                row[column + 1] = min(above, row[column], diagonal - (letter == other[column] ? 1 : 0)) + 1
                diagonal = above
            }
        }
        return row[other.count]
    }
}

/// Where a value was set.
enum Origin: Sendable, Hashable {
    case standard
    case environment(String)
    case file(String, line: Int)

    /// As an error begins; `nil` for a default.
    var label: String? {
        switch self {
        case .standard: nil
        case .environment(let name): name
        case .file(let path, let line): "\(path):\(line)"
        }
    }
}
