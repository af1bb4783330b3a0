/// The last so many elements of a sequence whose members are numbered upwards.
struct Ring<Element: Numbered & Sendable>: Sendable {
    private var elements: [Element] = []
    /// Elements before this are dropped already, and removed from time to time.
    private var start = 0
    private let limit: Int

    init(limit: Int) { self.limit = max(1, limit) }

    mutating func append(_ element: Element) {
        elements.append(element)
        guard elements.count - start > limit else { return }
        start += 1
        if start > limit {
            elements.removeFirst(start)
            start = 0
        }
    }

    mutating func clear() {
        elements = []
        start = 0
    }

    subscript(sequence: Int) -> Element? {
        let index = firstIndex(atOrAfter: sequence)
        guard index < elements.count, elements[index].sequence == sequence else { return nil }
        return elements[index]
    }

    func after(_ sequence: Int) -> [Element] { Array(elements[firstIndex(atOrAfter: sequence + 1)...]) }

    mutating func change(_ sequence: Int, _ change: (inout Element) -> Void) {
        let index = firstIndex(atOrAfter: sequence)
        guard index < elements.count, elements[index].sequence == sequence else { return }
        change(&elements[index])
    }

    private func firstIndex(atOrAfter sequence: Int) -> Int {
        var low = start
        var high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if elements[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

protocol Numbered {
    var sequence: Int { get }
}

extension JournaledRequest: Numbered {}
extension EmittedNotification: Numbered {}
