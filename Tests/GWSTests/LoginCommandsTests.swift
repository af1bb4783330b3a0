import Testing

@testable import GWS

struct LoginCommandsTests {
    private static let histories: [(commands: [CommandedLogin], last: CommandedLogin?)] = [
        ([], nil), ([.start], .start), ([.end], .end), ([.offline], .offline), ([.online], .online),
        // A state cancels being offline, and says nothing else.
        ([.offline, .online], .online), ([.start, .online], .start), ([.end, .online], .end),
        ([.start, .offline, .online], .start), ([.start, .offline, .offline, .online], .start),
        // There is no way back from the end but the start.
        ([.end, .offline, .online], .end), ([.offline, .end, .online], .end), ([.end, .start], .start),
        ([.start, .end], .end), ([.offline, .start], .start),
    ]

    @Test(arguments: histories.indices)
    func `what was commanded in between is not forgotten`(index: Int) {
        let history = Self.histories[index]
        var commands = LoginCommands()
        for command in history.commands { commands.add(command) }
        #expect(commands.last == history.last, "\(history.commands)")
    }

    @Test func `only what may have been done counts`() {
        #expect(CommandedLogin.allCases.allSatisfy { $0.isWanted(.accepted) })
        #expect(CommandedLogin.allCases.allSatisfy { !$0.isWanted(.refused(.gws)) })
        #expect(CommandedLogin.allCases.allSatisfy { !$0.isWanted(.unreachable(.connect)) })
        #expect(CommandedLogin.allCases.filter { $0.isWanted(.unknown(.cut)) } == [.end, .offline])
        #expect(CommandedLogin.allCases.filter { $0.isWanted(.refused(.partial)) } == [.start])
    }

    @Test func `the catalogue says which operations are about the log-in`() {
        let names = Dictionary(grouping: OperationCatalogue.all.filter { $0.login != nil }, by: \.login!)
        #expect(names[.start]?.map(\.name) == ["StartContactCenterSession"])
        #expect(names[.end]?.map(\.name) == ["EndContactCenterSession"])
        #expect(names[.offline]?.map(\.name) == ["Offline"])
        #expect(names[.online]?.map(\.name) == ["Ready", "NotReady", "AfterCallWork", "AuxWork"])
    }
}
