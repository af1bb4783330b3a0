internal import RawJSON

/// Writes one JSON object, member after member, each as it is given.
struct JSONText {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

    init() {
        bytes.reserveCapacity(256)
    }

    /// The whole object.
    var closed: [UInt8] { bytes + [UInt8(ascii: "}")] }

    mutating func add(_ key: String, _ value: String?) {
        guard let value else { return }
        add(key, raw: RawJSON.quoted(value))
    }

    mutating func add(_ key: String, _ value: (some FixedWidthInteger)?) {
        guard let value else { return }
        add(key, raw: Array(String(value).utf8))
    }

    mutating func add(_ key: String, _ value: Bool) {
        add(key, raw: Array((value ? "true" : "false").utf8))
    }

    mutating func add(_ key: String, _ values: [String]) {
        add(key, raw: RawJSON(elements: values.map(RawJSON.init(string:))).bytes)
    }

    /// - Parameter value: valid JSON, which goes in byte for byte.
    mutating func add(_ key: String, raw value: some Sequence<UInt8>) {
        addKey(RawJSON.quoted(key))
        bytes.append(contentsOf: value)
    }

    private mutating func addKey(_ quotedKey: [UInt8]) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(contentsOf: quotedKey)
        bytes.append(UInt8(ascii: ":"))
    }
}
