internal import RawJSON

/// Writes one JSON object, member after member, each as it is given.
struct JSONText {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

    init() {
        bytes.reserveCapacity(256)
    }

    /// The whole object.
    var closed: [UInt8] {
        var bytes = bytes
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    mutating func add(_ key: String, _ value: String?) {
        guard let value else { return }
        addKey(key)
        bytes.append(quoting: value)
    }

    mutating func add(_ key: String, _ value: (some FixedWidthInteger)?) {
        guard let value else { return }
        add(key, raw: String(value).utf8)
    }

    mutating func add(_ key: String, _ value: Bool) {
        add(key, raw: (value ? "true" : "false").utf8)
    }

    mutating func add(_ key: String, _ values: [String]) {
        add(key, raw: RawJSON(elements: values.map(RawJSON.init(string:))).bytes)
    }

    /// - Parameter value: valid JSON, which goes in byte for byte.
    mutating func add(_ key: String, raw value: some Sequence<UInt8>) {
        addKey(key)
        bytes.append(contentsOf: value)
    }

    private mutating func addKey(_ key: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(quoting: key)
        bytes.append(UInt8(ascii: ":"))
    }
}
