/// A queue whose elements keep the number they were given, counted up from 1; elements inside may be taken out.
///
/// What sequence numbers of confirms and delivery tags both need: the place follows from the number.
struct NumberedQueue<Element> {
    private var places: [Element?] = []
    private var head = 0
    private(set) var firstNumber: UInt64 = 1
    /// Elements that are in it, gaps not counted.
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }

    var nextNumber: UInt64 { firstNumber + UInt64(places.count - head) }

    /// The oldest element; gaps never lead the queue.
    var first: Element? { head < places.count ? places[head] : nil }

    @discardableResult
    mutating func append(_ element: Element) -> UInt64 {
        let number = nextNumber
        places.append(element)
        count += 1
        return number
    }

    /// Goes on at `number`, which lies ahead, as if the numbers up to it had come and gone.
    mutating func skip(to number: UInt64) {
        guard number > nextNumber else { return }
        if isEmpty {
            places.removeAll(keepingCapacity: true)
            head = 0
            firstNumber = number
        } else {
            for _ in nextNumber..<number { places.append(nil) }
        }
    }

    subscript(number: UInt64) -> Element? {
        index(of: number).flatMap { places[$0] }
    }

    mutating func update(_ number: UInt64, _ change: (inout Element) -> Void) {
        guard let index = index(of: number), places[index] != nil else { return }
        change(&places[index]!)
    }

    @discardableResult
    mutating func remove(_ number: UInt64) -> Element? {
        guard let index = index(of: number), let element = places[index] else { return nil }
        places[index] = nil
        count -= 1
        dropGaps()
        return element
    }

    @discardableResult
    mutating func popFirst() -> Element? {
        guard first != nil else { return nil }
        return remove(firstNumber)
    }

    private func index(of number: UInt64) -> Int? {
        guard number >= firstNumber, number < nextNumber else { return nil }
        return head + Int(number - firstNumber)
    }

    private mutating func dropGaps() {
        while head < places.count, places[head] == nil {
            head += 1
            firstNumber += 1
        }
        // Amortised: each place is moved at most once for every one that was dropped.
        if head == places.count {
            places.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 64, head * 2 > places.count {
            places.removeFirst(head)
            head = 0
        }
    }
}
