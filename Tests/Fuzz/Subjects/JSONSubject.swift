import Foundation
import RawJSON

/// The whole input is a text.
enum JSONSubject {
    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        let lenient = RawJSON(fuzzed: bytes, limits: .init(allowsDuplicateKeys: true))
        try compareLimits(bytes, lenient)
        // What is refused Foundation may take all the same: a comma before the end, other encodings.
        guard let json = lenient else { return }
        let depth = try walk(json)
        try expect(depth <= RawJSON.Limits().depth, "nothing is nested deeper than the limit")
        if depth > 0 {
            try expect(
                RawJSON(fuzzed: bytes, limits: .init(depth: depth, allowsDuplicateKeys: true)) != nil,
                "as deep as the limit is not too deep")
            try expect(
                RawJSON(fuzzed: bytes, limits: .init(depth: depth - 1, allowsDuplicateKeys: true)) == nil,
                "one deeper than the limit is too deep")
        }
        try expect(json.detached == json && json.isEquivalent(to: json.detached), "detached is the same")
        if let value = foundationValue(of: bytes) {
            try expect(says(json, value), "it says what Foundation reads")
        } else {
            try expect(isBeyondFoundation(json), "it is what Foundation takes for JSON, too")
        }
    }

    /// Without duplicate keys it is the same, or refused for their sake.
    private static func compareLimits(_ bytes: [UInt8], _ lenient: RawJSON?) throws(BrokenPromise) {
        switch Result(catching: { () throws(RawJSONError) in try RawJSON(bytes) }) {
        case .success(let strict):
            try expect(strict.bytes == lenient?.bytes, "who allows more takes the same for the value")
        case .failure(let error):
            let isOnlyDuplicate = error.reason == .duplicateKey
            try expect(lenient == nil || isOnlyDuplicate, "only a duplicate key divides the limits")
            try expect((0...bytes.count).contains(error.offset), "a mistake is within the text")
        }
    }

    /// - Returns: how deep it is.
    private static func walk(_ json: RawJSON) throws(BrokenPromise) -> Int {
        let alone = try unwrap(
            RawJSON(fuzzed: Array(json.bytes), limits: .init(allowsDuplicateKeys: true)),
            "a value is JSON by itself")
        try expect(alone.bytes == json.bytes && alone.kind == json.kind, "a value is the bytes it was")
        try string(json)
        var depth = 0
        var position = json.bytes.startIndex + 1
        let text = json.bytes
        func between(_ value: RawJSON, _ allowed: String) throws(BrokenPromise) {
            let gap = text[position..<value.bytes.startIndex]
            try expect(gap.allSatisfy(allowed.utf8.contains), "no value is left out")
            position = value.bytes.endIndex
        }
        for element in json.elements {
            try between(element, " \t\r\n,")
            depth = max(depth, try walk(element))
        }
        var seen: [[UInt8]] = []
        for member in json.members {
            try expect(position < member.value.bytes.startIndex, "members follow each other")
            position = member.value.bytes.endIndex
            depth = max(depth, try walk(member.value))
            let key = Array(member.key.utf8)
            if !seen.contains(key) {
                seen.append(key)
                let found = json[member.key]
                try expect(
                    found?.bytes.startIndex == member.value.bytes.startIndex,
                    "a look-up finds the first of a key")
            }
        }
        if json.kind == .object { try replace(json, keys: seen) }
        guard json.kind == .array || json.kind == .object else { return 0 }
        let end = text[position..<(text.endIndex - 1)]
        try expect(
            end.allSatisfy(" \t\r\n".utf8.contains) || json.kind == .object, "nothing follows the last")
        return depth + 1
    }

    private static func string(_ json: RawJSON) throws(BrokenPromise) {
        try expect(
            (json.string != nil) == (json.kind == .string), "strings have a text, and nothing else has")
        guard let text = json.string else { return }
        let again = RawJSON(string: text)
        try expect(RawJSON(fuzzed: Array(again.bytes)) == again, "a quoted text is JSON")
        try expect(again.string?.isWritten(text) ?? false, "a quoted text says what it said")
    }

    private static func replace(_ object: RawJSON, keys: [[UInt8]]) throws(BrokenPromise) {
        let value = RawJSON(elements: [object, RawJSON(string: "new")])
        for key in keys.prefix(2).map({ String(decoding: $0, as: UTF8.self) }) + ["another \u{1}"] {
            let replaced = object.replacing(key, with: value)
            let read = try unwrap(
                RawJSON(fuzzed: Array(replaced.bytes), limits: .init(depth: 1024, allowsDuplicateKeys: true)),
                "an object with another value is JSON")
            try expect(read[key] == value, "the other value is there")
            let count = Array(object.members).count + (object[key] == nil ? 1 : 0)
            try expect(Array(read.members).count == count, "the other members are still there")
        }
    }

    // MARK: Foundation

    private static func foundationValue(of bytes: [UInt8]) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
    }

    /// Halves of surrogate pairs and numbers beyond its types it refuses.
    private static func isBeyondFoundation(_ json: RawJSON) -> Bool {
        switch json.kind {
        case .string: isHalf(json.string)
        case .number: !(json.double?.isFinite ?? false) || json.bytes.count > 15 || json.double == 0
        case .array: json.elements.contains(where: isBeyondFoundation)
        case .object:
            json.members.contains { isHalf($0.key) || isBeyondFoundation($0.value) }
        case .boolean, .null: false
        }
    }

    private static func isHalf(_ text: String?) -> Bool { text?.unicodeScalars.contains("\u{FFFD}") ?? false }

    private static func says(_ json: RawJSON, _ value: Any) -> Bool {
        switch json.kind {
        case .string: return (value as? String).map { json.string?.isWritten($0) ?? false } ?? false
        case .number:
            guard let number = value as? NSNumber, let double = json.double else { return false }
            let isNear = abs(number.doubleValue - double) <= abs(double) * 1e-15
            return isNear && (json.int == nil || json.int == number.intValue)
        case .boolean: return (value as? NSNumber)?.boolValue == json.bool
        case .null: return value is NSNull
        case .array:
            guard let values = value as? [Any] else { return false }
            let elements = Array(json.elements)
            return values.count == elements.count && zip(elements, values).allSatisfy { says($0, $1) }
        case .object:
            guard let values = value as? [String: Any] else { return false }
            // Of two that it takes for one key, whichever.
            var counts: [String: Int] = [:]
            for member in json.members { counts[member.key, default: 0] += 1 }
            return values.count == counts.count
                && json.members.allSatisfy { member in
                    values[member.key].map { counts[member.key] != 1 || says(member.value, $0) } ?? false
                }
        }
    }
}
