/// A command's id, as it was written: Swift's strings would take two spellings of an accented letter for the same.
package struct ExactID: Hashable, Sendable {
    package let string: String

    package init(string: String) {
        self.string = string
    }

    package static func == (one: ExactID, other: ExactID) -> Bool {
        one.string.utf8.count == other.string.utf8.count && one.string.isWritten(as: other.string)
    }

    package func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    fileprivate func isWritten(as other: String) -> Bool {
        let isAlike = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { bytes.elementsEqual($0) }
        }
        return isAlike.flatMap(\.self) ?? utf8.elementsEqual(other.utf8)
    }
}

extension [ExactID: CommandDesk.UnderWay] {
    /// By an id as it was written.
    subscript(id: String) -> Value? {
        get { self[ExactID(string: id)] }
        set { self[ExactID(string: id)] = newValue }
    }
}
