import TestSupport
import Testing

extension Campaign {
    /// Sees that each command ended once, that nothing was done twice that must not be, that what was said of each is
    /// true, and that those without an answer from GWS were put aside, and no others.
    ///
    /// - Parameters:
    ///   - share: how many of them are to have been confirmed at least, of 1: a bridge that knows of nothing says nothing
    ///     that is not true.
    ///   - shards: over which the queues of commands are spread.
    /// - Returns: how many ended as what, for whoever reads along.
    @discardableResult
    func checkThatNothingIsLostOrDoneTwice(confirming share: Double, shards: Int = 1) async throws -> String {
        let queues = shards == 1 ? ["commands"] : (0..<shards).map { "commands.\($0)" }
        // With them all has been said, and with the last all has been heard.
        for queue in queues + ["commands.undelivered", "client"] {
            try await eventually(within: .seconds(60), "nothing is left in \(queue)") {
                try await scene.depth(of: queue) == 0
            }
        }
        let finals = scene.client.finals.all
        let letters = scene.client.deadLetters
        let counts = try await executed().values.joined().reduce(into: [:]) { $0[$1, default: 0] += 1 }
        var totals: [String: Int] = [:]
        var wrong: [String] = []
        for order in orders {
            let words = finals[order.id] ?? []
            let count = counts[order.id] ?? 0
            if words.count != 1 { wrong.append("\(order.id) ended as \(words.map(\.text))") }
            if count > 1, !order.isRepeatable {
                wrong.append("\(order.operation) \(order.id) was done \(count) times and ended as \(words)")
            }
            for word in words {
                totals[word.description, default: 0] += 1
                if let lie = Self.lie(word, order, count) { wrong.append(lie) }
            }
            let expected = Set(words.compactMap(\.deadLetterKey))
            let found = letters[order.id] ?? []
            if found != expected {
                wrong.append("\(order.id) ended as \(words) and was put aside as \(found)")
            }
        }
        // Not by expecting it empty: that would print all of it.
        if !wrong.isEmpty {
            Issue.record(
                "\(wrong.count) of \(orders.count): \(wrong.prefix(8).joined(separator: "; "))")
        }
        let strangers = Set(finals.keys).union(letters.keys).subtracting(orders.map(\.id))
        #expect(strangers.isEmpty, "Nobody sent \(strangers.prefix(3))")
        let confirmed = finals.values.count { $0.allSatisfy { $0.outcome == "confirmed" } }
        let summary = totals.sorted { $0.value > $1.value }.map { "\($0.value) \($0.key)" }
            .joined(separator: ", ")
        #expect(Double(confirmed) >= Double(orders.count) * share, "\(summary)")
        return summary
    }

    /// What is not true of an outcome, given how often GWS did it.
    private static func lie(_ word: Finals.Word, _ order: Order, _ count: Int) -> String? {
        // The recording may stand as it should for another command's sake.
        let isCommon = order.operation.hasSuffix("CallRecording")
        let isTrue =
            switch word.outcome {
            case "confirmed": count > 0 || isCommon
            case "unconfirmed": count > 0
            case "refused", "rejected", "expired", "unreachable": count == 0
            case "unknown": true
            default: false
            }
        return isTrue ? nil : "\(order.operation) \(order.id) was done \(count) times and ended as \(word)"
    }

    /// Sees that of each call GWS did things in the order in which they were sent.
    func checkOrder() async throws {
        let place = Dictionary(uniqueKeysWithValues: orders.enumerated().map { ($1.id, $0) })
        for (call, marks) in try await executed() {
            var seen: Set<String> = []
            let places = marks.filter { seen.insert($0).inserted }.compactMap { place[$0] }
            #expect(places == places.sorted(), "of call \(call)")
        }
    }
}
