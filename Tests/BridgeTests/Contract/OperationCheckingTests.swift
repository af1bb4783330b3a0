import GWS
import RawJSON
import Testing

@testable import Bridge

struct OperationCheckingTests {
    private let transfer = OperationDefinition(
        "Transfer", .call,
        parameters: [
            .init("destination", .object, isRequired: true), .init("seconds", .number, isRequired: false),
        ])

    private func rejection(_ command: String) throws -> Rejection? {
        let command = try RawJSON(Array(command.utf8))
        do {
            try transfer.check(command)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [#"{"destination":{}}"#, #"{"seconds":1.5,"destination":{"a":1},"more":[]}"#])
    func `a command with what its operation needs passes, whatever else it has`(command: String) throws {
        #expect(try rejection(command) == nil)
    }

    @Test func `a required parameter must be there`() throws {
        let rejection = try rejection(#"{"seconds":1}"#)
        #expect(rejection?.reason == "missing-parameter")
        #expect(rejection?.field == "/destination")
    }

    @Test(arguments: [
        (#"{"destination":null}"#, "/destination"), (#"{"destination":"5002"}"#, "/destination"),
        (#"{"destination":{},"seconds":"1"}"#, "/seconds"),
    ])
    func `a parameter must be of its type`(command: String, field: String) throws {
        let rejection = try rejection(command)
        #expect(rejection?.reason == "invalid-parameter")
        #expect(rejection?.field == field)
    }
}
