import GWS
import Testing

@testable import Bridge

struct LoginDutyTests {
    private static let reasons: [SessionEvent.StartReason] = [.first, .forgotten, .advised, .loginLost]

    private func duty(_ change: (inout LoginDuty) -> Void = { _ in }) -> LoginDuty {
        var duty = LoginDuty(.start(ContactCenterOptions()))
        change(&duty)
        return duty
    }

    private func done(_ change: (inout LoginDuty) -> Void = { _ in }) -> LoginDuty {
        duty {
            $0.starting()
            $0.started(true)
            change(&$0)
        }
    }

    @Test(arguments: reasons)
    func `who only observes never logs in or out`(reason: SessionEvent.StartReason) {
        var duty = LoginDuty(.observe)
        #expect(duty.step(after: reason) == .nothing)
        duty.commanded(.start)
        #expect(duty.step(after: reason) == .nothing)
        let looked = duty.looked(isLoggedOut: true)
        #expect(!looked)
        #expect(!duty.mustEnd)
    }

    @Test(arguments: reasons)
    func `what is due is done, however the session begins`(reason: SessionEvent.StartReason) {
        #expect(duty().step(after: reason) == .start)
        #expect(!duty().mustEnd)
    }

    @Test(arguments: [SessionEvent.StartReason.forgotten, .advised])
    func `a lost session of notifications is no reason to log in again`(reason: SessionEvent.StartReason) {
        #expect(done().step(after: reason) == .nothing)
    }

    @Test(arguments: [(true, true), (false, false), (nil, false)] as [(Bool?, Bool)])
    func `after a lost HTTP session the devices decide`(isLoggedOut: Bool?, starts: Bool) {
        var duty = done()
        #expect(duty.step(after: .loginLost) == .look)
        let looked = duty.looked(isLoggedOut: isLoggedOut)
        #expect(looked == starts)
        #expect(duty.mustEnd)
    }

    @Test(arguments: reasons)
    func `who was logged out by a command stays so`(reason: SessionEvent.StartReason) {
        var duty = done { $0.commanded(.end) }
        #expect(duty.step(after: reason) == .nothing)
        let looked = duty.looked(isLoggedOut: true)
        #expect(!looked)
        #expect(!duty.mustEnd)
    }

    @Test func `who was logged in by a command is logged out at the end`() {
        let duty = done {
            $0.commanded(.end)
            $0.commanded(.start)
        }
        #expect(duty.step(after: .loginLost) == .look)
        #expect(duty.mustEnd)
    }

    @Test func `what was refused is still due, and nothing needs to be undone`() {
        let duty = duty {
            $0.starting()
            $0.started(false)
        }
        #expect(duty.step(after: .first) == .start)
        #expect(!duty.mustEnd)
    }

    @Test(arguments: [(true, true), (false, false), (nil, true)] as [(Bool?, Bool)])
    func `after a lost answer the devices say whether it was done`(isLoggedOut: Bool?, starts: Bool) {
        var duty = duty { $0.starting() }
        #expect(duty.mustEnd)
        #expect(duty.step(after: .first) == .look)
        let looked = duty.looked(isLoggedOut: isLoggedOut)
        #expect(looked == starts)
    }
}
