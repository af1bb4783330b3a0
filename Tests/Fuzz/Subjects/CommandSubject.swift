import AMQP
import Bridge
import GWS
import RawJSON

/// A line for who sent it, then the message: its routing key, its properties and headers, its body.
///
/// It is decoded, answered, put aside, and replayed.
enum CommandSubject {
    static let names = Names(prefix: "gws", version: "1")
    private static let now: Int64 = 1_764_000_000_123
    private static let decoder = CommandDecoder(
        agents: ["5001", "5002"], allowedUnknown: ["Dance", "CompleteTransfer"],
        permissions: Permissions(rules: [
            .init(users: ["nobody"], operations: [], agents: ["*"]),
            .init(users: ["guest"], operations: ["A*", "Hold"], agents: ["5001"]),
        ]))

    static func run(_ bytes: [UInt8]) throws(BrokenPromise) {
        var input = FuzzedInput(bytes)
        let user = String(fuzzed: input.line(), atMost: 255)
        let message = AMQPMessage(fuzzed: &input)
        let (address, result) = decoder.decode(
            message.body, routingKey: message.routingKey, userID: user.isEmpty ? nil : user)
        var envelope = Envelope(
            message.properties, arrivedAt: now, arrival: .now, lifetime: 60_000, madeUpID: "made-up")
        envelope.address = address
        try check(envelope)
        switch result {
        case .success(let command): try check(command, of: message, from: user, address)
        case .failure(let rejection):
            try expect(rejection.detail.utf8.count < 1024, "what is wrong is said in a sentence")
            try expect(rejection.field.map { $0.hasPrefix("/") } ?? true, "a field is a pointer")
        }
        let rejected = Envelope.rejection(of: message.properties)
        var outcome = CommandOutcome(.unreachable, reason: "busy", detail: "GWS was not to be reached.")
        if case .failure(let rejection) = result { outcome = (rejected ?? rejection).outcome }
        let verdict = Verdict(outcome, attempts: 2, finishedAfter: 17)
        try check(Reply(to: envelope, verdict, names: names, at: now))
        try putAside(message, envelope, verdict, isUnderstood: (try? result.get()) != nil)
        try UndeliveredSubject.run(message, decoder: decoder)
    }

    // MARK: What was decoded

    private static func check(
        _ command: Command, of message: AMQPMessage, from user: String, _ address: Address
    ) throws(BrokenPromise) {
        try expect(decoder.agents.contains(command.agent), "a command is for an agent that is served")
        try expect(address.agent == command.agent, "the address names the agent")
        try expect(user != "nobody", "who may nothing does nothing")
        try expect(user != "guest" || command.agent == "5001", "who is permitted one agent sends to no other")
        try expect(message.body.count <= CommandDecoder.largestBody, "a body has a bound")
        let sent = try unwrap(RawJSON(fuzzed: message.body), "a command is JSON")
        var operation = command.operation
        if operation.lacksDevice { operation.deviceID = "55b8" }
        let request: OperationRequest
        do {
            request = try operation.request(apiURL: "https://gws.example/api/v2")
        } catch {
            return try expect(false, "what was checked can be sent, and not: \(error)")
        }
        let path = request.path.split(separator: "/", omittingEmptySubsequences: false)
        try expect(
            path.first == "" && path.dropFirst().allSatisfy { !$0.isEmpty }, "a path has no empty segment")
        try expect(!path.contains { $0 == "." || $0 == ".." }, "a path leads to no directory")
        try expect(
            request.path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"?#\\".utf8.contains($0) },
            "a path is one")
        try expect(path.count <= 5, "an id is one segment of a path")
        let posted = try unwrap(RawJSON(fuzzed: request.body), "what is posted is JSON")
        try expect(
            posted["operationName"] == sent["operationName"], "what is posted has the operation's name")
        for name in ["agent", "callId", "deviceId"] {
            try expect(posted[name] == nil, "the bridge's members are not posted")
        }
        let kept = sent.members.filter { !["agent", "callId", "deviceId"].contains($0.key) }
        let members = Array(posted.members)
        try expect(kept.count == members.count, "all other members are posted")
        for (one, other) in zip(kept, members) where one.key.isWritten(other.key) {
            try expect(one.value == other.value, "a member is posted byte for byte")
        }
    }

    private static func check(_ envelope: Envelope) throws(BrokenPromise) {
        try expect(!envelope.id.isEmpty, "a command has an id")
        try expect(envelope.deadline <= now + Envelope.longestHold, "no command is held longer than that")
        try expect(envelope.replyTo != "", "a reply goes somewhere")
        let confirmation = envelope.confirmWithin
        try expect(
            confirmation.map { (.zero...Duration.milliseconds(Envelope.longestHold)).contains($0) } ?? true,
            "no confirmation is awaited longer than that")
        for header in [envelope.traceparent, envelope.tracestate] {
            try expect(
                header?.utf8.allSatisfy { (0x20..<0x7F).contains($0) } ?? true, "a header of HTTP is visible")
        }
    }

    private static func check(_ reply: Reply) throws(BrokenPromise) {
        for message in [reply.toRequester(), reply.toRequester(isDuplicate: true), reply.toOutcomes()] {
            guard let message else { continue }
            try expect(
                message.routingKey.utf8.count <= RoutingKey.longest, "no key is longer than a broker takes")
            let body = try unwrap(RawJSON(fuzzed: message.body), "a reply is JSON")
            try expect(
                body["commandId"]?.string?.isWritten(reply.envelope.id) ?? false, "a reply names the command")
            try expect(message.properties.messageID?.isShort ?? true, "a reply has an id that fits")
        }
    }

    // MARK: What is put aside

    private static func putAside(
        _ original: AMQPMessage, _ envelope: Envelope, _ verdict: Verdict, isUnderstood: Bool
    ) throws(BrokenPromise) {
        var ids: Set<String> = [envelope.id]
        var (message, envelope) = (original, envelope)
        for _ in 0..<3 {
            let dead = DeadLetter(message, envelope: envelope, verdict: verdict, names: names, at: now)
            for letter in [dead.message, dead.bare] {
                try expect(letter.body == original.body, "a dead letter is the command as it was")
                try expect(
                    letter.routingKey.isShort && letter.properties.isShort, "a broker takes a dead letter")
            }
            let size = try unwrap(
                dead.bare.properties.headers.encodedSize, "a dead letter can be sent, if need be bare")
            try expect(size <= DeadLetter.largestHeaders, "a bare dead letter has a bound")
            let letter = Letter(dead.message, names: names)
            try check(letter, of: message, envelope, verdict)
            let replay = ReplayedCommand(letter, of: dead.message, names: names, userID: "operator")
            try expect(ids.insert(replay.id).inserted, "no replay passes for a command that was sent before")
            try check(replay.message, replays: message)
            // Of a key that no broker takes nothing is left, and what it alone said is not known any more.
            if message.routingKey.isShort { try check(replay.message, means: message) }
            message = replay.message
            let address = envelope.address
            envelope = Envelope(
                message.properties, arrivedAt: now, arrival: .now, lifetime: 60_000, madeUpID: "made-up")
            envelope.address = address
        }
    }

    private static func check(
        _ letter: Letter, of message: AMQPMessage, _ envelope: Envelope, _ verdict: Verdict
    ) throws(BrokenPromise) {
        try expect(letter.id.isWritten(envelope.id), "a letter names the command")
        try expect(letter.outcome == verdict.outcome.kind.rawValue, "a letter has the outcome")
        try expect(letter.reason == verdict.outcome.reason, "a letter has the reason")
        try expect(letter.exchange == message.exchange, "a letter knows where the command was published")
        try expect(letter.routingKey == message.routingKey, "a letter knows the command's key")
        let read = decoder.decode(message.body, routingKey: message.routingKey, userID: nil).0
        try expect(letter.address.callID == read.callID, "a letter is about the command's call")
        try expect(letter.address.operationName == read.operationName, "a letter is about the operation")
    }

    private static func check(_ replay: AMQPMessage, replays original: AMQPMessage) throws(BrokenPromise) {
        try expect(replay.body == original.body, "a replay is the command as it was")
        try expect(replay.properties.isShort && replay.routingKey.isShort, "a broker takes a replay")
        try expect(["", names.commands].contains(replay.exchange), "a letter publishes nowhere else")
        try expect(replay.properties.userID == "operator", "a replay is who replays it")
        if original.exchange == names.commands, original.routingKey.isShort {
            try expect(replay.routingKey == original.routingKey, "a replay goes where the command went")
        }
        let (one, other) = (replay.properties, original.properties)
        try expect(
            one.correlationID == other.correlationID && one.contentType == other.contentType
                && one.type == other.type && one.priority == other.priority, "a replay has the properties")
        guard (other.headers.encodedSize ?? .max) < DeadLetter.largestHeaders / 2 else { return }
        let (mine, theirs) = (producerHeaders(one.headers), producerHeaders(other.headers))
        try expect(mine == theirs, "a replay has the producer's headers")
    }

    private static func producerHeaders(_ table: FieldTable) -> FieldTable {
        let kept = table.filter { name, _ in
            ["gws-reply", "gws-confirm-within", "traceparent"].contains(name)
                || !["gws-", "x-", "CC", "BCC"].contains { name.hasPrefix($0) }
        }
        return FieldTable(kept.map { ($0.key, $0.value) })
    }

    private static func check(_ replay: AMQPMessage, means original: AMQPMessage) throws(BrokenPromise) {
        let (address, result) = decoder.decode(replay.body, routingKey: replay.routingKey, userID: nil)
        let (before, expected) = decoder.decode(original.body, routingKey: original.routingKey, userID: nil)
        switch (result, expected) {
        case (.success(let command), .success(let intended)):
            try expect(address == before, "a replay is about the same")
            try expect(command.operation.name.isWritten(intended.operation.name), "a replay does the same")
            try expect(command.lane == intended.lane, "a replay goes in the same lane")
        case (.failure(let one), .failure(let other)):
            try expect(one == other, "what was wrong with the command is wrong with its replay")
        default: try expect(false, "a replay is as good as the command")
        }
    }
}

extension String {
    /// Whether it fits where a broker has it.
    var isShort: Bool { utf8.count <= RoutingKey.longest }
}
