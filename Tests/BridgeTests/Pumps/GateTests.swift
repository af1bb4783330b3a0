import Testing

@testable import Bridge

@Suite(.timeLimit(.minutes(1)))
struct GateTests {
    private let gate = Gate<Int>()

    @Test func `all who wait are let through when it opens`() async throws {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 1...100 { group.addTask { try await gate.whenOpen() } }
            await Task.yield()
            gate.open(7)
            var values: [Int] = []
            for try await value in group { values.append(value) }
            #expect(values == Array(repeating: 7, count: 100))
        }
    }

    @Test func `who comes to an open gate goes through with what is there now`() async throws {
        gate.open(1)
        gate.open(2)
        #expect(gate.value == 2)
        #expect(try await gate.whenOpen() == 2)
    }

    @Test func `who is first opens it, and who comes later changes nothing`() {
        #expect(gate.open(1) { $0 == nil })
        #expect(!gate.open(2) { $0 == nil })
        #expect(gate.value == 1)
    }

    @Test func `a closed gate has nothing and holds`() async throws {
        gate.open(1)
        gate.close()
        #expect(gate.value == nil)
        async let value = gate.whenOpen()
        gate.open(2)
        #expect(try await value == 2)
    }

    @Test func `it is closed only for the value that is meant`() {
        gate.open(1)
        gate.close { $0 == 2 }
        #expect(gate.value == 1)
        gate.close { $0 == 1 }
        #expect(gate.value == nil)
    }

    @Test func `a condition is not asked where there is nothing`() {
        gate.close { _ in
            Issue.record("it was asked")
            return true
        }
        #expect(gate.value == nil)
    }

    @Test func `a cancelled task is let go at once and takes nobody with it`() async throws {
        try await withThrowingTaskGroup(of: Int.self) { others in
            for _ in 1...10 { others.addTask { try await gate.whenOpen() } }
            for _ in 1...100 {
                await withThrowingTaskGroup(of: Int.self) { group in
                    group.addTask { try await gate.whenOpen() }
                    group.cancelAll()
                    let result = await group.nextResult()
                    #expect(throws: CancellationError.self) { try result?.get() }
                }
            }
            gate.open(3)
            for try await value in others { #expect(value == 3) }
        }
    }

    @Test func `a task that is cancelled already is not let through an open gate`() async {
        gate.open(1)
        await withThrowingTaskGroup(of: Int.self) { group in
            group.cancelAll()
            group.addTask { try await gate.whenOpen() }
            let result = await group.nextResult()
            #expect(throws: CancellationError.self) { try result?.get() }
        }
    }
}
