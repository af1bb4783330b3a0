/// Headers of a message, or arguments of a queue, an exchange or a binding, in the order of the wire.
///
/// The wire lets a key repeat: a lookup finds the first, all are kept.
public struct FieldTable: Sendable, Hashable {
    fileprivate struct Field: Sendable, Hashable {
        let key: String
        var value: FieldValue
    }

    private var fields: [Field]

    public init() { fields = [] }

    public init(_ elements: some Sequence<(String, FieldValue)>) {
        fields = elements.map { Field(key: $0.0, value: $0.1) }
    }

    public var count: Int { fields.count }

    public var isEmpty: Bool { fields.isEmpty }

    /// Setting replaces the first field of that key, or appends one; nil removes all of that key.
    public subscript(key: String) -> FieldValue? {
        get { fields.first { $0.key == key }?.value }
        set {
            guard let newValue else { return fields.removeAll { $0.key == key } }
            if let index = fields.firstIndex(where: { $0.key == key }) {
                fields[index].value = newValue
            } else {
                fields.append(Field(key: key, value: newValue))
            }
        }
    }

    /// Adds a field at the end, whether or not the key is there already.
    public mutating func append(_ key: String, _ value: FieldValue) {
        fields.append(Field(key: key, value: value))
    }

    package mutating func reserveCapacity(_ capacity: Int) { fields.reserveCapacity(capacity) }
}

extension FieldTable: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, FieldValue)...) { self.init(elements) }
}

extension FieldTable: Sequence {
    public struct Iterator: IteratorProtocol {
        fileprivate var fields: IndexingIterator<[Field]>

        public mutating func next() -> (key: String, value: FieldValue)? {
            fields.next().map { ($0.key, $0.value) }
        }
    }

    public func makeIterator() -> Iterator { Iterator(fields: fields.makeIterator()) }
}
