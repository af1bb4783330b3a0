import GWS
import Testing

@testable import Bridge

struct LoginDutyTests {
    private func duty(_ change: (inout LoginDuty) -> Void = { _ in }) -> LoginDuty {
        var duty = LoginDuty(.start(ContactCenterOptions()))
        change(&duty)
        return duty
    }

    private func answered(
        _ answer: LoginDuty.Answer, _ change: (inout LoginDuty) -> Void = { _ in }
    ) -> LoginDuty {
        duty {
            $0.starting()
            $0.started(answer)
            change(&$0)
        }
    }

    @Test func `who only observes never logs in or out`() {
        var duty = LoginDuty(.observe)
        #expect(duty.step == .nothing)
        duty.commanded(.start)
        #expect(duty.step == .nothing)
        let looked = duty.looked(isLoggedOut: true)
        #expect(!looked)
        #expect(!duty.mustEnd)
    }

    @Test func `what is due is done`() {
        #expect(duty().step == .start)
        #expect(!duty().mustEnd)
    }

    @Test(arguments: [(true, true), (false, false), (nil, false)] as [(Bool?, Bool)])
    func `after any lost session the devices decide`(isLoggedOut: Bool?, starts: Bool) {
        var duty = answered(.done)
        #expect(duty.step == .look)
        let looked = duty.looked(isLoggedOut: isLoggedOut)
        #expect(looked == starts)
        #expect(duty.mustEnd)
    }

    @Test func `who was logged out by a command stays so, and nothing is ended at the stop`() {
        var duty = answered(.done) { $0.commanded(.end) }
        #expect(duty.step == .nothing)
        let looked = duty.looked(isLoggedOut: true)
        #expect(!looked)
        #expect(!duty.mustEnd)
    }

    @Test func `who is offline by a command stays so, and the session that is left is ended at the stop`() {
        var duty = answered(.done) { $0.commanded(.offline) }
        #expect(duty.step == .nothing)
        let looked = duty.looked(isLoggedOut: true)
        #expect(!looked)
        #expect(duty.mustEnd)
    }

    @Test func `who is offline by a command, and was not logged in here, is left alone`() {
        let duty = duty { $0.commanded(.offline) }
        #expect(duty.step == .nothing)
        #expect(!duty.mustEnd)
    }

    @Test(arguments: [CommandedLogin.online, .start])
    func `who is offline no more is looked after again`(command: CommandedLogin) {
        let duty = answered(.done) {
            $0.commanded(.offline)
            $0.commanded(command)
        }
        #expect(duty.step == .look)
        #expect(duty.mustEnd)
    }

    @Test func `who was logged in by a command is logged out at the end`() {
        let duty = answered(.done) {
            $0.commanded(.end)
            $0.commanded(.start)
        }
        #expect(duty.step == .look)
        #expect(duty.mustEnd)
    }

    @Test func `what was not sent is still due, and nothing needs to be undone`() {
        #expect(answered(.notSent).step == .start)
        #expect(!answered(.notSent).mustEnd)
    }

    @Test(arguments: [(true, true), (false, false), (nil, true)] as [(Bool?, Bool)])
    func `after a refusal the devices say whether it was done before`(isLoggedOut: Bool?, starts: Bool) {
        var duty = answered(.refused)
        #expect(duty.step == .look)
        #expect(!duty.mustEnd)
        let looked = duty.looked(isLoggedOut: isLoggedOut)
        #expect(looked == starts)
        #expect(duty.mustEnd == !starts)
    }

    @Test(arguments: [(true, true), (false, false), (nil, true)] as [(Bool?, Bool)])
    func `after a lost answer the devices say whether it was done`(isLoggedOut: Bool?, starts: Bool) {
        var duty = answered(.lost)
        #expect(duty.mustEnd)
        #expect(duty.step == .look)
        let looked = duty.looked(isLoggedOut: isLoggedOut)
        #expect(looked == starts)
    }

    @Test(arguments: [LoginDuty.Answer.done, .refused, .notSent, .lost])
    func `an answer does not undo a command that came before it`(answer: LoginDuty.Answer) {
        let duty = duty {
            $0.starting()
            $0.commanded(.end)
            $0.started(answer)
        }
        #expect(duty.step == .nothing)
        #expect(!duty.mustEnd)
    }
}
