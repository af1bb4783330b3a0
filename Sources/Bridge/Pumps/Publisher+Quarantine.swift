internal import AMQP
internal import Logging

/// Messages over which the broker ends the connection. All that the bridge says goes over the same one: what ends it time
/// and again would keep everything else from the broker.
extension Publisher {
    /// So often a message must have ended a connection of its own to be given up: the broker may have had troubles of
    /// another kind, and some seconds to get over them.
    private static let tries = 3
    private static let backoff = Backoff(first: .seconds(1), longest: .seconds(4))

    /// What came of a message that was sent by itself.
    fileprivate enum Trial {
        case settled(Settlement)
        /// It has ended the connection.
        case ended(AMQPError)
        /// It may be sent again with the others.
        case open
        case nacked
    }

    /// Publishes what is not settled one after another, over connections that carry nothing else, and settles what can be
    /// settled so. What ends three of them is invalid. One caller does so at a time.
    ///
    /// - Parameter isLastNack: whether one that the broker refuses is settled by that.
    /// - Returns: whether one was refused that is not settled.
    /// - Throws: `CancellationError`.
    func publishApart(
        _ messages: [AMQPMessage], _ settlements: inout [Settlement?], isLastNack: Bool
    ) async throws -> Bool {
        try await quarantine.enter()
        defer { quarantine.leave() }
        var rest = settlements.indices.filter { settlements[$0] == nil }[...]
        logger.warning(
            "The broker may have closed the connection over a message, and gets each of them by itself",
            metadata: [LogKeys.count: "\(rest.count)"])
        var isNacked = false
        // Of the first of the rest.
        var failures = 0
        while !rest.isEmpty {
            let next = rest.map { messages[$0] }
            guard let trials = try await publishOverOne(next, isLastNack) else { return isNacked }
            let passed = zip(rest, trials).prefix { $1.goesOn }
            for (index, trial) in passed {
                if case .settled(let settlement) = trial { settlements[index] = settlement }
                if case .nacked = trial { isNacked = true }
            }
            rest = rest.dropFirst(passed.count)
            if !passed.isEmpty { failures = 0 }
            guard let index = rest.first else { break }
            guard case .ended(let error) = trials.last else { return isNacked }
            failures += 1
            if failures < Self.tries {
                let pause = Self.backoff.pause(after: failures, jitter: .random(in: 0..<1))
                try await ContinuousClock().sleep(for: pause)
            } else {
                settlements[index] = .invalid(reason: "\(error)")
                rest = rest.dropFirst()
                failures = 0
            }
        }
        return isNacked
    }

    /// - Returns: for as many as were sent, at least one; nil where there is no connection.
    private func publishOverOne(_ messages: [AMQPMessage], _ isLastNack: Bool) async throws -> [Trial]? {
        do {
            return try await AMQPConnection.withConnection(
                to: configuration.broker, name: "\(configuration.instance) publishing apart", logger: logger
            ) { connection in
                // A broker that has just begun may confirm what it drops.
                try await topology.settle(on: connection, configuration.topology)
                var trials: [Trial] = []
                for message in messages {
                    let trial = Trial(await connection.publish(message), isLastNack: isLastNack)
                    trials.append(trial)
                    guard !Task.isCancelled, trial.goesOn else { break }
                }
                // There is nothing to wait for, not even for who was cancelled.
                if !trials.allSatisfy(\.goesOn) || Task.isCancelled {
                    await connection.close(within: .seconds(1))
                }
                try Task.checkCancellation()
                return trials
            }
        } catch {
            try Task.checkCancellation()
            // What is wrong for good the publishing connection will find as well.
            logger.debug("No connection for messages apart", metadata: [LogKeys.error: "\(error)"])
            return nil
        }
    }
}

extension Publisher.Trial {
    fileprivate init(_ result: PublishResult, isLastNack: Bool) {
        if let settlement = Publisher.Settlement(result, isLastNack: isLastNack) {
            self = .settled(settlement)
        } else if case .failed(let error) = result {
            self = error.mayBeOverMessage ? .ended(error) : .open
        } else {
            self = .nacked
        }
    }

    /// Whether another may follow over the same connection.
    fileprivate var goesOn: Bool {
        switch self {
        case .settled, .nacked: true
        case .ended, .open: false
        }
    }
}

extension PublishResult {
    /// Whether it may be the message's own fault that the connection ended.
    var isSuspicious: Bool {
        if case .failed(let error) = self { error.mayBeOverMessage } else { false }
    }
}

extension Publisher.Settlement? {
    var isInvalid: Bool {
        if case .invalid = self { true } else { false }
    }
}
