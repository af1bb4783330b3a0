import Bridge
import Foundation

/// A value of the configuration, understood. Parsing is pure: text in, value or the reason of the refusal out.
enum ConfigurationValue: Sendable, Hashable {
    case text(String)
    case list([String])
    case flag(Bool)
    case number(Int)
    case duration(Duration)
    case size(Int)
    /// What only a file can hold, which reads them itself.
    case rules([Permissions.Rule])

    /// Why a text is no value of the kind; a sentence that follows "key: ".
    struct Refusal: Error, Hashable { let reason: String }

    init(_ texts: [String], kind: ConfigurationKey.Kind, directory: String) throws(Refusal) {
        switch kind {
        case .list: self = .list(texts)
        case .url(let schemes, several: true):
            for text in texts { try Self.check(text, schemes) }
            self = .list(texts)
        default:
            guard texts.count == 1 else { throw Refusal(reason: "must be one value, not \(texts.count)") }
            self = try Self.single(texts[0], kind, directory)
        }
    }

    private static func single(
        _ text: String, _ kind: ConfigurationKey.Kind, _ directory: String
    ) throws(Refusal) -> ConfigurationValue {
        switch kind {
        case .text, .list, .rules: return .text(text)
        case .name:
            let allowed = text.utf8.allSatisfy { Self.nameCharacters.contains($0) }
            guard allowed, text.utf8.count <= 100 else {
                throw Refusal(
                    reason: "\"\(text)\" must be at most 100 letters, digits, \"-\", \"_\" and \".\"")
            }
            return .text(text)
        case .path: return .text(text.hasPrefix("/") ? text : "\(directory)/\(text)")
        case .url(let schemes, _):
            try check(text, schemes)
            return .text(text)
        case .flag:
            switch text.lowercased() {
            case "true", "yes", "on": return .flag(true)
            case "false", "no", "off": return .flag(false)
            default: throw Refusal(reason: "\"\(text)\" must be true or false")
            }
        case .choice(let choices):
            guard choices.contains(text) else {
                let listed = choices.map { "\"\($0)\"" }.joined(separator: ", ")
                throw Refusal(reason: "\"\(text)\" must be one of \(listed)")
            }
            return .text(text)
        case .number(let range):
            guard let number = Int(text), range.contains(number) else {
                let bounds = "\(range.lowerBound) to \(range.upperBound)"
                throw Refusal(reason: "\"\(text)\" must be a whole number, \(bounds)")
            }
            return .number(number)
        case .duration(let range, let wholeSeconds):
            let duration = try duration(text)
            guard range.contains(duration) else {
                throw Refusal(
                    reason:
                        "\(text) must be at least \(Self.text(range.lowerBound)) and at most \(Self.text(range.upperBound))"
                )
            }
            guard !wholeSeconds || duration.components.attoseconds == 0 else {
                throw Refusal(reason: "\(text) must be whole seconds")
            }
            return .duration(duration)
        case .size: return .size(try size(text))
        }
    }

    private static let nameCharacters = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.".utf8)

    private static func check(_ text: String, _ schemes: [String]) throws(Refusal) {
        let listed = schemes.map { "\($0)://host" }.joined(separator: " or ")
        // The text is not repeated: it may hold a password.
        guard schemes.contains(where: { text.hasPrefix("\($0)://") }),
            let host = URLComponents(string: text)?.host, !host.isEmpty
        else {
            throw Refusal(reason: "must be a URL like \(listed); special characters in it percent-encoded")
        }
    }
}

// MARK: - Numbers with a unit

extension ConfigurationValue {
    private static let durationUnits: [(unit: String, milliseconds: Int)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
    private static let sizeUnits: [(unit: String, bytes: Int)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("B", 1),
    ]

    static func duration(_ text: String) throws(Refusal) -> Duration {
        let (digits, unit) = split(text)
        guard let number = Int(digits), let factor = durationUnits.first(where: { $0.unit == unit }),
            case (let milliseconds, let overflow) = number.multipliedReportingOverflow(
                by: factor.milliseconds), !overflow
        else { throw Refusal(reason: "\"\(text)\" is no duration; write it like 250ms, 5s, 10m, 24h or 7d") }
        return .milliseconds(milliseconds)
    }

    static func size(_ text: String) throws(Refusal) -> Int {
        let (digits, unit) = split(text)
        guard let number = Int(digits), number > 0, let factor = sizeUnits.first(where: { $0.unit == unit }),
            case (let bytes, let overflow) = number.multipliedReportingOverflow(by: factor.bytes), !overflow
        else { throw Refusal(reason: "\"\(text)\" is no size; write it like 64KiB, 10MiB or 1GiB") }
        return bytes
    }

    /// In the largest unit that leaves no rest.
    static func text(_ duration: Duration) -> String {
        let milliseconds =
            Int(duration.components.seconds) * 1000
            + Int(duration.components.attoseconds / 1_000_000_000_000_000)
        let unit = durationUnits.last { milliseconds % $0.milliseconds == 0 } ?? durationUnits[0]
        return milliseconds == 0 ? "0s" : "\(milliseconds / unit.milliseconds)\(unit.unit)"
    }

    private static func split(_ text: String) -> (digits: Substring, unit: Substring) {
        let end = text.firstIndex { !$0.isASCII || !$0.isNumber } ?? text.endIndex
        return (text[..<end], text[end...])
    }
}
