import AMQP
import GWSSimulator
import NIOConcurrencyHelpers
import RawJSON
import TestSupport
import Testing

/// Many commands, each with a mark by which its POSTs are told apart, so that what the bridge says of it can be held
/// against what GWS did.
struct Campaign: Sendable {
    struct Call: Sendable {
        let id: String
        let agent: String
    }

    struct Order: Sendable {
        /// Also the mark.
        let id: String
        let operation: String
        let call: Call

        var isRepeatable: Bool { operation == "UpdateUserData" }

        fileprivate var body: String {
            let data =
                switch operation {
                case "AttachUserData": #","userData":{"\#(id)":"attached"}"#
                case "UpdateUserData": #","userData":{"last":"\#(id)"}"#
                default: ""
                }
            // What is not the bridge's is passed on.
            return
                #"{"agent":"\#(call.agent)","callId":"\#(call.id)","operationName":"\#(operation)"\#(data),"mark":"\#(id)"}"#
        }
    }

    let scene: Scene
    /// In the order in which those of a call are sent.
    let orders: [Order]
    /// When each was published.
    let sentAt = NIOLockedValueBox<[String: ContinuousClock.Instant]>([:])

    /// Deals the operations out to the calls, turn by turn.
    init(_ number: Int, over calls: [Call], on scene: Scene, operations: [String] = Self.operations) {
        self.scene = scene
        orders = (0..<number).map { index in
            let turn = index / calls.count
            return Order(
                id: uniqueName("command"), operation: operations[turn % operations.count],
                call: calls[index % calls.count])
        }
    }

    /// What may be done twice, what must not, and what shows in reading but does not add up.
    static let operations = [
        "AttachUserData", "UpdateUserData", "AttachUserData", "StartCallRecording", "UpdateUserData",
        "AttachUserData", "StopCallRecording",
    ]

    /// Sends all of them, those of a call one after the other.
    ///
    /// - Parameters:
    ///   - pause: that each of eight senders makes after each command.
    ///   - mayEnd: the last two of each sender wait for it.
    func send(pausing pause: Duration = .zero, until mayEnd: @escaping @Sendable () -> Bool = { true })
        async throws
    {
        let senders = 8
        try await withThrowingTaskGroup { group in
            let calls = Array(Set(orders.map(\.call.id))).sorted()
            let sender = Dictionary(
                uniqueKeysWithValues: calls.enumerated().map { ($1, $0 % senders) })
            for number in 0..<senders {
                let share = orders.filter { sender[$0.call.id] == number }
                group.addTask {
                    for (index, order) in share.enumerated() {
                        while index + 2 >= share.count, !mayEnd() {
                            try await ContinuousClock().sleep(for: .milliseconds(50))
                        }
                        try await scene.client.send(
                            Array(order.body.utf8), key: "command.\(order.call.agent).\(order.operation)"
                        ) {
                            $0.messageID = order.id
                            $0.correlationID = order.id
                        }
                        sentAt.withLockedValue { $0[order.id] = .now }
                        if pause > .zero { try await ContinuousClock().sleep(for: pause) }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    var haveAllEnded: Bool { scene.client.finals.count >= orders.count }

    func whenAllEnded(within limit: Duration) async throws {
        do {
            try await eventually(within: limit, "every command ends") { haveAllEnded }
        } catch let error as NeverHappened {
            let ended = scene.client.finals.all
            let missing = orders.filter { ended[$0.id] == nil }
            Issue.record("\(missing.count) have no outcome: \(missing.prefix(5).map(\.id))")
            throw error
        }
    }

    // MARK: - What GWS did

    /// The marks of what GWS did, in its order, by call.
    func executed() async throws -> [String: [String]] {
        try await scene.operations().reduce(into: [:]) { marks, request in
            guard request.executed, let call = request.path.split(separator: "/").last,
                let mark = try RawJSON(Array(request.body.utf8))["mark"]?.string
            else { return }
            marks[String(call), default: []].append(mark)
        }
    }
}
