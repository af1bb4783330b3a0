import Foundation
import GWSSimulator
import TestSupport

/// Something that goes wrong under steady traffic, for a while.
struct MatrixFault: Sendable {
    /// What must stand beside the bridge for it.
    enum Site: Sendable {
        case plain
        /// Two more nodes of the broker.
        case cluster
        /// HAProxy between the bridge and GWS.
        case balancer
        /// A second process of the bridge.
        case spare
        /// A small disk under the store.
        case smallDisk
        /// A clock of the bridge's own.
        case ownClock
    }

    /// The broker, GWS or the bridge.
    let at: String
    let name: String
    var site = Site.plain
    /// Longer than others last.
    var atLeast = Duration.zero
    let begin: @Sendable (MatrixStage) async throws -> Void
    var end: @Sendable (MatrixStage) async throws -> Void = { _ in }

    static let all = ofBroker + ofGWS + ofBridge

    private static let ofBroker = [
        MatrixFault(at: "broker", name: "stopped") {
            try await $0.node.stop()
        } end: {
            try await $0.node.start()
        },
        MatrixFault(at: "broker", name: "kill -9") {
            try await $0.node.kill()
        } end: {
            try await $0.node.start()
        },
        MatrixFault(at: "broker", name: "link frozen") {
            $0.brokerLink.freeze()
        } end: {
            $0.brokerLink.thaw()
        },
        MatrixFault(at: "broker", name: "memory alarm") {
            try await $0.node.control("set_vm_memory_high_watermark", "0.00001")
        } end: {
            try await $0.node.control("set_vm_memory_high_watermark", "0.4")
        },
        MatrixFault(at: "broker", name: "queue of commands deleted") {
            // What lies in it is gone with it; what the bridge was given is not.
            try await $0.bridge.whenReady()
            try await $0.node.control("delete_queue", "\($0.prefix).commands")
        },
        MatrixFault(at: "broker", name: "connections closed by an operator") {
            try await $0.node.control("close_all_connections", "maintenance")
        },
        MatrixFault(at: "broker", name: "permission withdrawn") {
            try await $0.node.control("set_permissions", $0.user, "^$", "^$", "^$")
        } end: {
            try await $0.node.control("set_permissions", $0.user, ".*", ".*", ".*")
            // It ends over that, as it should, and whoever runs it begins it anew.
            try await $0.revive()
        },
        MatrixFault(at: "broker", name: "one node of three killed", site: .cluster) {
            try await $0.node.kill()
        } end: {
            try await $0.node.start()
        },
        MatrixFault(at: "broker", name: "one node of three stands still", site: .cluster) {
            try await $0.node.suspend()
        } end: {
            try await $0.node.resume()
        },
    ]

    private static let ofGWS = [
        answer("500", 500, #"{"statusCode":1,"statusMessage":"An error occurred"}"#, "application/json"),
        answer("500 without JSON", 500, "<html>Error 500</html>", "text/html"),
        answer("503", 503, "<html>Error 503</html>", "text/html"),
        answer("HTML in place of JSON", 200, "<html>Welcome</html>", "text/html"),
        operations("does not answer", .hang),
        operations("cut before it was read", .cut),
        operations("cut after it was done", .cut, .after),
        operations("half a body", .half, .after),
        operations("answers 1.5 s late", .delay(.milliseconds(1500)), .after, probability: 1),
        MatrixFault(at: "GWS", name: "restarted") {
            $0.serverLink.refuse()
            await $0.simulator.restart()
        } end: {
            try $0.serverLink.admit()
        },
        MatrixFault(at: "GWS", name: "client ids forgotten") { await $0.simulator.forgetClients() },
        MatrixFault(at: "GWS", name: "polls cut") { stage in
            await stage.simulator.inject(
                Fault(.cut, .after, path: "/notifications", times: nil, probability: 0.3))
        } end: {
            await $0.simulator.removeFaults()
        },
        MatrixFault(at: "GWS", name: "HTTP sessions expired") { await $0.simulator.invalidateSessions() },
        MatrixFault(at: "GWS", name: "CSRF tokens changed") { await $0.simulator.changeCSRFTokens() },
        MatrixFault(at: "GWS", name: "one node of two lost", site: .balancer) {
            // Its sessions are gone with it. Those of the other are, too: one simulator has them all.
            $0.serverLink.refuse()
            await $0.simulator.restart()
        } end: {
            try $0.serverLink.admit()
        },
    ]

    private static let ofBridge = [
        MatrixFault(at: "bridge", name: "SIGTERM") {
            _ = try await $0.bridge.stop()
        } end: {
            try await $0.revive()
        },
        MatrixFault(at: "bridge", name: "kill -9") {
            try await $0.bridge.kill()
        } end: {
            try await $0.revive()
        },
        MatrixFault(at: "bridge", name: "SIGTERM, with a second one", site: .spare) {
            _ = try await $0.bridge.stop()
        } end: {
            try await $0.revive()
        },
        MatrixFault(at: "bridge", name: "kill -9, with a second one", site: .spare) {
            try await $0.bridge.kill()
        } end: {
            try await $0.revive()
        },
        MatrixFault(
            at: "bridge", name: "cut off from the broker, with a second one", site: .spare,
            atLeast: .seconds(12)
        ) {
            $0.brokerLink.freeze()
        } end: {
            $0.brokerLink.thaw()
        },
        MatrixFault(at: "bridge", name: "disk full", site: .smallDisk) {
            try $0.disk?.fill()
        } end: {
            try $0.disk?.empty()
        },
        MatrixFault(at: "bridge", name: "clock an hour ahead, and back", site: .ownClock) {
            try $0.clock?.set(ahead: 3600)
        } end: {
            try $0.clock?.set(ahead: 0)
        },
    ]

    /// Half of all requests but polls get this answer.
    private static func answer(
        _ name: String, _ status: Int, _ body: String, _ contentType: String
    ) -> MatrixFault {
        operations(name, .answer(status: status, body: body, contentType: contentType))
    }

    private static func operations(
        _ name: String, _ action: Fault.Action, _ moment: Fault.Moment = .before, probability: Double = 0.5
    ) -> MatrixFault {
        MatrixFault(at: "GWS", name: name) {
            await $0.simulator.inject(
                Fault(action, moment, path: "/me/calls", times: nil, probability: probability))
        } end: {
            await $0.simulator.removeFaults()
        }
    }
}
