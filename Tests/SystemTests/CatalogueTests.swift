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
            #expect(
                reply.outcome == (operation.stateChange == nil ? "accepted" : "confirmed"),
                "\(reply.message.text)")

            let posted = try #require(await stage.operations().last)
            #expect(posted.path == situation.path(of: operation))
            #expect(posted.body == situation.body(of: operation))
            #expect(posted.agent == "5001")
            let outcome = try await stage.client.outcome(of: id)
            #expect(outcome.message.routingKey == situation.outcomeKey(of: operation))

            guard let change = operation.stateChange else { return }
            let object = try RawJSON(Array(situation.body(of: operation).utf8))
            let emitted = try await within(.seconds(10), "the effect of \(operation.name)") {
                try await stage.simulator.notification(after: before) { notification in
                    situation.resource(in: notification.message, subject: change.subject).map {
                        notification.type == change.notification
                            && change.holds(of: $0, after: object, before: situation.stateBefore)
                    } ?? false
                }
            }
            let event = try await stage.client.event("the effect of \(operation.name), published") {
                $0.text == emitted.message
            }
            #expect(event.routingKey == situation.eventKey(of: change, emitted.callID))
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
