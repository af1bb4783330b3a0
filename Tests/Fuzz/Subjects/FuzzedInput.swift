import AMQP
import RawJSON

/// An input in parts: lines, so that a person can write one, and what is left when they are taken.
struct FuzzedInput {
    private var left: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { left = bytes[...] }

    var isEmpty: Bool { left.isEmpty }

    /// All that is left.
    var rest: [UInt8] { Array(left) }

    /// Up to the next line feed, which is gone with it.
    mutating func line() -> [UInt8] {
        let line = left.prefix { $0 != UInt8(ascii: "\n") }
        left = left.dropFirst(line.count + 1)
        return Array(line)
    }
}

extension String {
    /// As AMQP's strings arrive.
    init(fuzzed bytes: some Collection<UInt8>, atMost longest: Int = .max) {
        self.init(decoding: bytes.prefix(longest), as: UTF8.self)
    }

    /// Byte for byte: Swift takes two spellings of a letter for the same.
    func isWritten(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension RawJSON {
    /// Nil where it is none.
    init?(fuzzed bytes: [UInt8], limits: Limits = Limits()) {
        guard let json = try? RawJSON(bytes, limits: limits) else { return nil }
        self = json
    }
}

extension AMQPMessage {
    /// A line of properties and headers in one JSON object, then the body. `@` before a key makes it a property, and the
    /// first string that begins with `*` is repeated until it is long.
    init(fuzzed input: inout FuzzedInput) {
        let routingKey = String(fuzzed: input.line(), atMost: 255)
        var properties = Properties()
        var exchange = "gws.commands"
        var room = 100_000
        let limits = RawJSON.Limits(depth: 16, allowsDuplicateKeys: true)
        for member in RawJSON(fuzzed: input.line(), limits: limits)?.members ?? RawJSON(string: "").members {
            let text = member.value.string.map { String(fuzzed: $0.utf8, atMost: 255) }
            switch member.key {
            case "@exchange": exchange = text ?? ""
            case "@message-id": properties.messageID = text
            case "@reply-to": properties.replyTo = text
            case "@correlation-id": properties.correlationID = text
            case "@content-type": properties.contentType = text
            case "@content-encoding": properties.contentEncoding = text
            case "@expiration": properties.expiration = text
            case "@type": properties.type = text
            case "@app-id": properties.appID = text
            case "@user-id": properties.userID = text
            case "@priority": properties.priority = member.value.int.flatMap(UInt8.init(exactly:))
            case "@timestamp": properties.timestamp = member.value.int.flatMap(UInt64.init(exactly:))
            default:
                let key = String(fuzzed: member.key.utf8, atMost: 255)
                properties.headers.append(key, FieldValue(fuzzed: member.value, room: &room))
            }
        }
        self.init(exchange: exchange, routingKey: routingKey, properties: properties, body: input.rest)
    }
}

extension FieldValue {
    /// - Parameter room: bytes by which strings may still be made longer: one that is long is enough, and slow enough.
    fileprivate init(fuzzed json: RawJSON, room: inout Int) {
        switch json.kind {
        case .null: self = .void
        case .boolean: self = .bool(json.bool ?? false)
        case .number: self = json.int.map { .int64(Int64($0)) } ?? .double(json.double ?? 0)
        case .array:
            var values: [FieldValue] = []
            for element in json.elements { values.append(FieldValue(fuzzed: element, room: &room)) }
            self = .array(values)
        case .object:
            var table = FieldTable()
            for member in json.members {
                let key = String(fuzzed: member.key.utf8, atMost: 255)
                table.append(key, FieldValue(fuzzed: member.value, room: &room))
            }
            self = .table(table)
        case .string:
            var text = json.string ?? ""
            if room > 0, text.hasPrefix("*") {
                text = String(repeating: text, count: room / text.utf8.count)
                room = 0
            }
            self = .string(text)
        }
    }
}
