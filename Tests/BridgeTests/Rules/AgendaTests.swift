import Bridge
import Testing

struct AgendaTests {
    @Test func `the earliest is due first, and nothing before its time`() {
        var agenda = Agenda<String>()
        for (item, time) in [("b", 20), ("c", 30), ("a", 10)] { agenda.add(item, at: Int64(time)) }
        #expect(agenda.next == 10)
        #expect(agenda.popDue(at: 9) == nil)
        #expect(agenda.popDue(at: 20) == "a")
        #expect(agenda.popDue(at: 20) == "b")
        #expect(agenda.popDue(at: 20) == nil)
        #expect(agenda.next == 30)
    }

    @Test func `nothing is due where nothing is planned`() {
        var agenda = Agenda<Int>()
        #expect(agenda.next == nil)
        #expect(agenda.popDue(at: .max) == nil)
        agenda.add(1, at: .max)
        #expect(agenda.popDue(at: .max) == 1)
        #expect(agenda.next == nil)
    }

    @Test func `what is meant is taken out, and the rest is due as it was`() {
        var agenda = Agenda<Int>()
        for item in 1...6 { agenda.add(item, at: Int64(10 - item)) }
        agenda.removeAll { item, time in item % 2 == 0 || time == 7 }
        #expect(agenda.count == 2)
        let due = [agenda.popDue(at: .max), agenda.popDue(at: .max), agenda.popDue(at: .max)]
        #expect(due == [5, 1, nil])
    }

    @Test func `whatever order things are planned in, they are due in the order of their times`() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = Chance(seed: seed)
        var agenda = Agenda<Int64>()
        var planned: [Int64] = []
        var due: [Int64] = []
        for _ in 0..<2000 {
            let time = Int64.random(in: (due.last ?? 0)...1_000_000, using: &random)
            agenda.add(time, at: time)
            planned.append(time)
            if Bool.random(using: &random), let next = agenda.next, let item = agenda.popDue(at: next) {
                due.append(item)
            }
        }
        while let item = agenda.popDue(at: .max) { due.append(item) }
        #expect(due == due.sorted(), "seed \(seed)")
        #expect(due == planned.sorted(), "seed \(seed)")
    }
}
