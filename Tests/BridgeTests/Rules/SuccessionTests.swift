import Testing

@testable import Bridge

struct SuccessionTests {
    private static let patience = Duration.seconds(3)

    private func succession(_ told: [(Marker.Standing, String)] = []) -> Succession {
        var succession = Succession(patience: Self.patience)
        for (standing, process) in told { succession.heard(standing, from: process) }
        return succession
    }

    @Test(arguments: [false, true])
    func `who becomes active begins at once, and once`(fromOther: Bool) {
        var succession = succession([(.consuming, "a")])
        succession.begun(fromOther: fromOther)
        let (first, second) = (succession.begins(), succession.begins())
        #expect(first == fromOther)
        #expect(second == nil)
    }

    @Test func `who leaves is waited for until it has left`() {
        var succession = succession([(.leaving, "a")])
        succession.begun(fromOther: true)
        for _ in 0..<100 {
            succession.heard(.leaving, from: "a")
            let begins = succession.begins(after: .seconds(1))
            #expect(begins == nil)
        }
        succession.heard(.left, from: "b")
        let afterOther = succession.begins()
        succession.heard(.left, from: "a")
        let afterIt = succession.begins()
        #expect(afterOther == nil)
        #expect(afterIt == true)
    }

    @Test func `of two who leave both are waited for`() {
        var succession = succession([(.leaving, "a"), (.leaving, "b")])
        succession.begun(fromOther: true)
        succession.heard(.left, from: "b")
        let afterOne = succession.begins()
        succession.heard(.consuming, from: "a")
        let afterStray = succession.begins()
        succession.heard(.left, from: "a")
        let afterBoth = succession.begins()
        #expect(afterOne == nil)
        #expect(afterStray == nil)
        #expect(afterBoth == true)
    }

    @Test func `one that falls silent while it leaves is not waited for any longer`() {
        var succession = succession([(.leaving, "a")])
        succession.begun(fromOther: true)
        let begins = (0..<5).map { _ in succession.begins(after: .seconds(1)) }
        #expect(begins == [nil, nil, nil, true, nil])
    }

    @Test func `who is not active any more does not begin`() {
        var succession = succession([(.leaving, "a")])
        succession.begun(fromOther: true)
        succession.ended()
        succession.heard(.left, from: "a")
        let begins = succession.begins(after: .seconds(10))
        #expect(begins == nil)
    }
}
