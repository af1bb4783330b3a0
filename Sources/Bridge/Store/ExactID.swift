internal import RawJSON

/// A command's id, as it was written: Swift's strings would take two spellings of an accented letter for the same.
package struct ExactID: Hashable, Sendable {
    package let string: String

    package init(string: String) {
        self.string = string
    }

    package static func == (one: ExactID, other: ExactID) -> Bool {
        other.string.utf8.withContiguousStorageIfAvailable { one.string.isWritten(as: $0) }
            ?? one.string.utf8.elementsEqual(other.string.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension [ExactID: CommandDesk.UnderWay] {
    /// By an id as it was written.
    subscript(id: String) -> Value? {
        get { self[ExactID(string: id)] }
        set { self[ExactID(string: id)] = newValue }
    }
}
