import GWS
import RawJSON
import Testing

struct OperationCatalogueTests {
    @Test func `no name stands there twice`() {
        #expect(Set(OperationCatalogue.all.map(\.name)).count == OperationCatalogue.all.count)
    }

    @Test(arguments: OperationCatalogue.all)
    func `a row is found by its name`(operation: OperationDefinition) {
        #expect(OperationCatalogue.named(operation.name) == operation)
    }

    @Test func `names that GWS does not have are not there`() {
        for name in ["Redirect", "Reject", "Reconnect", "Mute", "CancelForward", "hold"] {
            #expect(OperationCatalogue.named(name) == nil)
        }
    }

    @Test(arguments: OperationCatalogue.all)
    func `the examples of a row are right`(operation: OperationDefinition) throws {
        for parameter in operation.parameters {
            let example = try RawJSON(Array(parameter.example.utf8))
            #expect(parameter.mistake(in: example) == nil, "\(parameter.name)")
        }
    }

    @Test func `all but the end of the session show that they took effect`() {
        let silent = OperationCatalogue.all.filter { $0.stateChange == nil }
        #expect(silent.map(\.name) == ["EndContactCenterSession"])
    }

    @Test func `Dial is posted to the calls of its device`() throws {
        let dial = try #require(OperationCatalogue.named("Dial"))
        #expect(dial.path == "/me/devices/{deviceId}/calls")
        #expect(dial.target == .device)
    }
}
