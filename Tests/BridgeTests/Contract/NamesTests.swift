import Bridge
import Testing

struct NamesTests {
    @Test func `all names on the broker begin with the prefix`() {
        let names = Names(prefix: "emea")
        #expect(
            [names.commands, names.undelivered, names.events, names.outcomes, names.deadLetters] == [
                "emea.commands", "emea.commands.undelivered", "emea.events", "emea.outcomes",
                "emea.dead-letters",
            ])
    }

    @Test func `the application is the bridge and its version`() {
        #expect(Names(prefix: "gws", version: "1.2.3").application == "gws-bridge/1.2.3")
        #expect(Names(prefix: "gws").application == "gws-bridge/\(Bridge.version)")
    }
}
