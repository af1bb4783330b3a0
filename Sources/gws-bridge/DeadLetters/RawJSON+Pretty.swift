import RawJSON

extension RawJSON {
    /// A member or element a line, each deeper one further in; numbers and strings stand as they came.
    var prettyLines: [String] {
        switch kind {
        case .object: block(members.map { "\(JSON.quote($0.key)): " }, members.map(\.value), "{", "}")
        case .array: block(elements.map { _ in "" }, Array(elements), "[", "]")
        default: [description]
        }
    }

    private func block(
        _ heads: [String], _ values: [RawJSON], _ opening: String, _ closing: String
    ) -> [String] {
        guard !values.isEmpty else { return [opening + closing] }
        var lines = [opening]
        for (index, value) in values.enumerated() {
            var inner = value.prettyLines
            inner[0] = heads[index] + inner[0]
            if index < values.count - 1 { inner[inner.count - 1] += "," }
            lines += inner.map { "  \($0)" }
        }
        return lines + [closing]
    }
}
