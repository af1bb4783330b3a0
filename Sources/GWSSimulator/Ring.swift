import NIOCore

/// The last so many elements of a sequence whose members are numbered upwards, and no more of them than so many bytes.
struct Ring<Element: Numbered & Sendable>: Sendable {
    private var elements = CircularBuffer<Element>()
    private var bytes = 0
    private let limit: Int
    private let byteLimit: Int

    init(limit: Int, byteLimit: Int = .max) {
        self.limit = max(1, limit)
        self.byteLimit = byteLimit
    }

    /// The newest is kept however large it is.
    mutating func append(_ element: Element) {
        elements.append(element)
        bytes += element.size
        while elements.count > limit || elements.count > 1 && bytes > byteLimit {
            bytes -= elements.removeFirst().size
        }
    }

    mutating func clear() {
        elements.removeAll()
        bytes = 0
    }

    subscript(sequence: Int) -> Element? { offset(of: sequence).map { elements[offset: $0] } }

    func after(_ sequence: Int) -> [Element] {
        Array(elements.dropFirst(firstOffset { $0.sequence > sequence }))
    }

    /// What is changed must not change the element's size.
    mutating func change(_ sequence: Int, _ change: (inout Element) -> Void) {
        guard let offset = offset(of: sequence) else { return }
        change(&elements[offset: offset])
    }

    private func offset(of sequence: Int) -> Int? {
        let offset = firstOffset { $0.sequence >= sequence }
        return offset < elements.count && elements[offset: offset].sequence == sequence ? offset : nil
    }

    /// Of those that are so, which are all from there on.
    private func firstOffset(where isSo: (Element) -> Bool) -> Int {
        var low = 0
        var high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if isSo(elements[offset: middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

protocol Numbered {
    var sequence: Int { get }
    /// About how many bytes it takes.
    var size: Int { get }
}

extension JournaledRequest: Numbered {
    var size: Int { 200 + path.utf8.count + body.utf8.count }
}

extension EmittedNotification: Numbered {
    var size: Int { 200 + channel.utf8.count + data.utf8.count }
}
