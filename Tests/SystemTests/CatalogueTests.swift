import AMQP
import GWS
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// Every row of the catalogue, from the command to the notification that shows its effect.
struct CatalogueTests {
    @Test(arguments: OperationCatalogue.all)
    func `an operation is POSTed as documented, and what it did is published`(
        operation: OperationDefinition
    ) async throws {
        try await Stage.run(simulator: Situation.site(for: operation), agents: ["5001"]) { stage in
            let situation = try await Situation.before(operation, on: stage)
            let before = await stage.simulator.notifications().last?.sequence ?? 0

            let command = situation.command(operation)
            let id = try await stage.client.send(command)
            let reply = try await stage.client.reply(to: id)
            #expect(reply.outcome == "accepted", "\(reply.message.text)")

            let posted = try #require(await stage.operations().last)
            #expect(posted.path == situation.path(of: operation))
            #expect(posted.body == situation.body(of: operation))
            #expect(posted.agent == "5001")
            let outcome = try await stage.client.outcome(of: id)
            #expect(outcome.message.routingKey == situation.outcomeKey(of: operation))

            guard let change = operation.stateChange else { return }
            let object = try RawJSON(Array(situation.body(of: operation).utf8))
            let event = try await stage.client.event("the effect of \(operation.name)") { message in
                guard situation.isAboutSubject(of: change, message),
                    let resource = situation.resource(in: message)
                else { return false }
                return change.holds(of: resource, after: object, before: situation.stateBefore)
            }
            let emitted = await stage.simulator.notifications().filter { $0.sequence > before }
            #expect(emitted.contains { $0.message == event.text }, "it is the notification as GWS sent it")
        }
    }

    @Test func `no operation is sent with a wrong parameter`() async throws {
        try await Stage.run { stage in
            var expected: [(id: String, what: String, reason: String, field: String)] = []
            for operation in OperationCatalogue.all {
                for wrong in WrongCommand.all(of: operation) {
                    let id = try await stage.client.send(wrong.body)
                    expected.append((id, "\(operation.name): \(wrong.what)", wrong.reason, wrong.field))
                }
            }
            #expect(expected.count > 100)
            for (id, what, reason, field) in expected {
                let reply = try await stage.client.reply(to: id)
                #expect(reply.outcome == "rejected", "\(what)")
                #expect(reply.reason == reason, "\(what)")
                #expect(reply.field == field, "\(what)")
            }
            #expect(await stage.operations().isEmpty)
        }
    }
}
