import AMQP
import Bridge
import Foundation
import GWS
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// GWS is not there at all.
struct AbsentGWSTests {
    @Test
    func `what GWS was not there for in time is unreachable, and it is done as soon as GWS is there in time`()
        async throws
    {
        var site = SimulatorConfiguration()
        site.port = try FreePort.next()
        let link = try FrozenLink(to: site.port)
        let server = try GWSServer(url: "http://127.0.0.1:\(link.port)")
        try await Stage.run(simulator: site) {
            $0.server = server
        } _: { stage in
            let call = try await stage.scene.calls(1, of: ["5001"])[0].id
            link.refuse()
            // Until then it may send over a connection that it takes for open.
            try await eventually(within: .seconds(10), "the bridge sees it") {
                !stage.bridge.readiness.isReady
            }
            let late = try await stage.client.send("Hold", call: call) {
                $0.headers["gws-deadline"] = .int64(Int64(Date.now.timeIntervalSince1970 * 1000) + 1500)
            }
            let outcome = try await stage.client.outcome(of: late)
            #expect(outcome.outcome == "unreachable")
            #expect(outcome.reason == "connect", "\(outcome.message.text)")
            let letter = try await stage.client.deadLetter { $0.properties.messageID == late }
            #expect(letter.routingKey == "unreachable.connect")

            let inTime = try await stage.client.send("Hold", call: call)
            try link.admit()
            #expect(
                try await stage.client.outcome(of: inTime, within: .seconds(60)).outcome == "confirmed")
            #expect(await stage.scene.operations().count { $0.body.contains("Hold") } == 1)
        }
    }
}
