import GWS
import Testing

@testable import Bridge

struct ExpectationsChanceTests {
    @Test func `whatever comes, one event confirms at most one command, and no command twice`() {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var random = Chance(seed: seed)
        var all = Expectations()
        var open: [Int] = []
        var confirmed: Set<Int> = []
        for number in 0..<20_000 {
            let call = ["A", "B"].randomElement(using: &random)
            let any = open.randomElement(using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<3 where open.count < 8:
                let name = ["Hold", "Retrieve", "Hangup", "StartCallRecording"].randomElement(using: &random)
                all.add(.sample(name ?? "Hold", call: call, id: "\(number)"), of: number)
                open.append(number)
            case 3: _ = any.flatMap { all.accept($0) }
            case 4: any.map { all.refuse($0, at: Int64(number)) }
            case 5:
                any.map { all.remove($0) }
                open.removeAll { $0 == any }
            case 6:
                let seen = all.see(.failure(at: Int64(number)), deviceID: nil, messageID: "m")
                #expect(seen.decided.count <= 1, "seed \(seed)")
            default:
                let state = ["Held", "Established", "Released"].randomElement(using: &random) ?? "Held"
                let id = "m\(number)"
                _ = all.see(.call(call ?? "A", state, at: Int64(number)), deviceID: nil, messageID: id)
                let mine = open.filter {
                    if case .changed(id, _, _)? = all.sighting(of: $0) { true } else { false }
                }
                #expect(mine.count <= 1, "seed \(seed)")
                #expect(confirmed.isDisjoint(with: mine), "seed \(seed)")
                confirmed.formUnion(mine)
            }
        }
        #expect(!confirmed.isEmpty)
    }
}
