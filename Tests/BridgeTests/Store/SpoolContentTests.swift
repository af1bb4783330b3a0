import Testing

@testable import Bridge

/// What the spool decides, without a file.
struct SpoolContentTests {
    private func content(
        _ keeping: SpoolContent.Keeping = .file, size: Int = 1000, memory: Int = 1000
    ) -> SpoolContent {
        SpoolContent(SpoolBounds(size: size, memory: memory, age: 1000), keeping, firstNumber: 100)
    }

    private func rows(_ sequences: ClosedRange<Int64>) -> [SpoolRow] {
        [SpooledEvent].samples(sequences, at: 0).map(SpoolRow.init)
    }

    @Test func `what many append goes in one transaction, and each is told`() {
        var content = content()
        for id in UInt64(1)...10 { _ = content.append(rows(1...2), from: id, at: 0) }
        let batch = content.take(at: 0) { _ in true }
        #expect(batch?.rows.count == 20)
        let told = batch.map { content.wrote($0, nil, isMore: false) }
        #expect(told == Array(1...10))
    }

    @Test func `what comes while a transaction runs makes the next`() throws {
        var content = content()
        _ = content.append(rows(1...2), from: 1, at: 0)
        let taken = content.take(at: 0) { _ in true }
        let batch = try #require(taken)
        _ = content.append(rows(3...3), from: 2, at: 0)
        let told = content.wrote(batch, nil, isMore: false)
        let next = content.take(at: 0) { _ in true }
        #expect(told == [1])
        #expect(next?.rows.map(\.place.sequence) == [3])
    }

    @Test func `what could not be written is written with what came since`() throws {
        var content = content()
        content.remember(
            AgentChange(agent: "a", epoch: "e", sequence: 1, calls: ["A": .sample("1"), "B": nil]))
        _ = content.append(rows(1...1), from: 1, at: 0)
        let taken = content.take(at: 0) { _ in true }
        let batch = try #require(taken)
        content.putBack(batch)
        let released = content.failed(isLost: false, at: 0)
        content.remember(AgentChange(agent: "a", epoch: "e", sequence: 2, calls: ["A": .sample("2")]))
        let again = content.take(at: 0) { _ in true }
        #expect(released == [1])
        #expect(again?.rows.count == 1)
        #expect(
            again?.changes["a"]
                == AgentChange(agent: "a", epoch: "e", sequence: 2, calls: ["A": .sample("2"), "B": nil]))
    }

    @Test func `rows of a clock that was set back get numbers behind those of the file`() throws {
        var content = content(.opening)
        _ = content.append(rows(1...2), from: 1, at: 0)
        var contents = SpoolContents()
        contents.last = 500
        content.opened(contents)
        let taken = content.take(at: 0) { _ in true }
        let batch = try #require(taken)
        let told = content.wrote(batch, nil, isMore: false)
        #expect(batch.rows.map(\.number) == [501, 502])
        #expect(told == [1])
    }

    @Test func `what was given out of the memory is not taken for what the file had before`() throws {
        var content = content(.opening)
        _ = content.append(rows(1...2), from: 1, at: 0)
        _ = content.failed(isLost: true, at: 0)
        guard case .rows(let given, let generation) = content.give(2, to: 2) else {
            Issue.record("nothing was given out")
            return
        }
        let decoded = try given.map { ($0.short, try $0.event()) }
        let accepted = content.accept(decoded, damaged: [], through: 101, generation: generation)
        let portion = try #require(accepted)
        var contents = SpoolContents()
        contents.add(rows(7...7)[0].short, count: 1)
        contents.last = 50
        content.opened(contents)
        content.remove(portion)
        #expect(content.status.count == 3)
    }

    @Test func `losses are said ever rarer`() {
        var content = content(.memory, size: 1, memory: 1)
        var (said, counted) = ([Int](), 0)
        for sequence in Int64(1)...100 {
            _ = content.append(rows(sequence...sequence), from: 1, at: 0)
            let losses = content.takeLosses()
            counted += losses.new
            if let loss = losses.toSay { said.append(loss) }
        }
        #expect(said == [1, 2, 4, 8, 16, 32, 64])
        #expect(counted == 100)
    }
}
