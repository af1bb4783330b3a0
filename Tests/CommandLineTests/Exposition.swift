/// Reads Prometheus' text format as strictly as its documentation allows; shares nothing with what writes it.
struct Exposition {
    struct Wrong: Error, CustomStringConvertible {
        let line: Substring
        let description: String
    }

    struct Family {
        let kind: String
        var help: String?
        var samples: [Sample] = []
    }

    struct Sample: Equatable {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    private(set) var families: [String: Family] = [:]
    /// What is being read: samples must follow their type at once.
    private var current: String?
    private var help: (name: String, text: String)?

    init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else {
            throw Wrong(line: text.suffix(80), description: "no line feed at the end")
        }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            try read(line)
        }
        for (name, family) in families where family.kind == "histogram" { try Self.check(name, family) }
    }

    /// The value of a series that has exactly these labels.
    subscript(name: String, labels: [String: String]) -> Double? {
        families.values.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
    }

    private mutating func read(_ line: Substring) throws {
        if line.hasPrefix("# HELP ") {
            let words = line.dropFirst(7).split(separator: " ", maxSplits: 1)
            guard words.count == 2, families["\(words[0])"] == nil else {
                throw Wrong(line: line, description: "no help, or help too late")
            }
            help = ("\(words[0])", "\(words[1])")
        } else if line.hasPrefix("# TYPE ") {
            let words = line.dropFirst(7).split(separator: " ", omittingEmptySubsequences: false)
            guard words.count == 2, ["counter", "gauge", "histogram"].contains(words[1]),
                families["\(words[0])"] == nil, help.map({ $0.name == words[0] }) ?? true
            else { throw Wrong(line: line, description: "a wrong type, or a second one") }
            current = "\(words[0])"
            families["\(words[0])"] = Family(kind: "\(words[1])", help: help?.text)
            help = nil
        } else {
            try take(sample(line), line)
        }
    }

    private mutating func take(_ sample: Sample, _ line: Substring) throws {
        guard help == nil, let current, let family = families[current] else {
            throw Wrong(line: line, description: "a sample without a type")
        }
        let suffixes = family.kind == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
        guard suffixes.contains(where: { current + $0 == sample.name }) else {
            throw Wrong(line: line, description: "a sample of another name than its type's")
        }
        guard !family.samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
            throw Wrong(line: line, description: "the same series twice")
        }
        if family.kind == "counter", !(sample.value >= 0) {
            throw Wrong(line: line, description: "a counter below zero")
        }
        families[current]?.samples.append(sample)
    }

    private func sample(_ line: Substring) throws -> Sample {
        func isName(_ text: Substring) -> Bool { text.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil }
        var rest = line
        let name = rest.prefix { $0 != "{" && $0 != " " }
        rest = rest.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                guard
                    let match = rest.prefixMatch(
                        of: /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\n"])*)"(,|(?=\}))/),
                    labels["\(match.1)"] == nil
                else { throw Wrong(line: line, description: "wrong labels") }
                labels["\(match.1)"] = Self.unescape(match.2)
                rest = rest[match.range.upperBound...]
            }
            rest = rest.dropFirst()
        }
        guard isName(name), rest.first == " ", let value = Self.number(rest.dropFirst()) else {
            throw Wrong(line: line, description: "a wrong name or value")
        }
        return Sample(name: "\(name)", labels: labels, value: value)
    }

    private static func number(_ text: Substring) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?/) == nil ? nil : Double(text)
        }
    }

    private static func unescape(_ text: Substring) -> String {
        var plain = ""
        var isEscaped = false
        for character in text {
            if isEscaped {
                plain.append(character == "n" ? "\n" : character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else {
                plain.append(character)
            }
        }
        return plain
    }

    /// Buckets must grow and end with all.
    private static func check(_ name: String, _ family: Family) throws {
        var buckets: [[String: String]: [(bound: Double, count: Double)]] = [:]
        for sample in family.samples where sample.name == name + "_bucket" {
            var labels = sample.labels
            guard let bound = labels.removeValue(forKey: "le").flatMap({ number($0[...]) }) else {
                throw Wrong(line: "\(name)", description: "a bucket without a bound")
            }
            buckets[labels, default: []].append((bound, sample.value))
        }
        for (labels, buckets) in buckets {
            func value(_ suffix: String) -> Double? {
                family.samples.first { $0.name == name + suffix && $0.labels == labels }?.value
            }
            let grows = zip(buckets, buckets.dropFirst()).allSatisfy {
                $0.bound < $1.bound && $0.count <= $1.count
            }
            guard grows, let last = buckets.last, last.bound == .infinity, value("_count") == last.count,
                value("_sum") != nil
            else { throw Wrong(line: "\(name)", description: "buckets that do not grow or lack some") }
        }
    }
}
