/// Events that are not in the spool's file, or not known to be: in order, with their size.
struct SpoolQueue: Sendable {
    private(set) var rows: ArraySlice<SpoolRow> = []
    private(set) var bytes = 0

    var isEmpty: Bool { rows.isEmpty }
    var count: Int { rows.count }
    var first: SpoolRow? { rows.first }

    mutating func append(_ new: [SpoolRow]) {
        rows += new
        bytes += new.reduce(0) { $0 + $1.bytes }
    }

    /// The oldest behind a number, as many as are asked for, and not many more bytes.
    func prefix(_ count: Int, bytes limit: Int, after number: Int64 = .min) -> ArraySlice<SpoolRow> {
        let start = index(after: number)
        var (end, bytes) = (start, 0)
        while end < rows.endIndex, end - start < count, bytes < limit || end == start {
            bytes += rows[end].bytes
            end += 1
        }
        return rows[start..<end]
    }

    /// Removes those up to a number.
    ///
    /// - Returns: them.
    @discardableResult
    mutating func remove(through number: Int64) -> ArraySlice<SpoolRow> {
        let removed = rows[..<index(after: number)]
        rows = rows[removed.endIndex...]
        bytes -= removed.reduce(0) { $0 + $1.bytes }
        // What is gone is let go of in time.
        if rows.isEmpty {
            rows = []
        } else if rows.startIndex > 4096, rows.startIndex > rows.count {
            rows = ArraySlice(Array(rows))
        }
        return removed
    }

    /// Removes the oldest behind a number, as long as there are more bytes than that or they came before a time.
    mutating func drop(after number: Int64, toBytes limit: Int, before cutoff: Int64) -> ArraySlice<SpoolRow>
    {
        let start = index(after: number)
        var (end, left) = (start, bytes)
        while end < rows.endIndex, left > limit || rows[end].at < cutoff {
            left -= rows[end].bytes
            end += 1
        }
        let dropped = rows[start..<end]
        guard !dropped.isEmpty else { return [] }
        rows.removeSubrange(start..<end)
        bytes = left
        return dropped
    }

    /// Numbers them anew, from this one on.
    mutating func renumber(from first: Int64) {
        for (offset, index) in rows.indices.enumerated() { rows[index].number = first + Int64(offset) }
    }

    /// Of the first row behind it.
    private func index(after number: Int64) -> Int {
        var (low, high) = (rows.startIndex, rows.endIndex)
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].number <= number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
