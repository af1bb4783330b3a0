/// A command's id, as it was written: Swift's strings would take two spellings of an accented letter for the same.
struct ExactID: Hashable {
    let string: String

    static func == (one: ExactID, other: ExactID) -> Bool {
        one.string.utf8.elementsEqual(other.string.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var string = string
        string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
