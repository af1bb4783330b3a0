internal import GWS
internal import Logging
internal import NIOConcurrencyHelpers

/// Logs an agent in at the contact centre and out again, where that is the bridge's to do. What fails is tried again,
/// and holds up nothing else.
actor ContactCenterLogin {
    private let session: AgentSession
    private let options: ContactCenterOptions
    private let logger: Logger
    private let begun: AsyncStream<Void>
    private nonisolated let begins: AsyncStream<Void>.Continuation
    private nonisolated let troubleBox: NIOLockedValueBox<String?>
    private var duty: LoginDuty
    /// A command counts once: what came after it is not undone by it.
    private var notedCommand: CommandedLogin?

    /// - Returns: nil where it is not the bridge's to do.
    init?(session: AgentSession, login: AgentConfiguration.Login, logger: Logger) {
        guard case .start(let options) = login else { return nil }
        self.session = session
        self.options = options
        self.logger = logger
        duty = LoginDuty(login)
        troubleBox = NIOLockedValueBox("it is not logged in at the contact centre yet")
        (begun, begins) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Why the agent is not logged in although it should be, without waiting.
    nonisolated var trouble: String? { troubleBox.withLockedValue(\.self) }

    /// The session has begun, or begun anew.
    nonisolated func sessionBegan() { begins.yield() }

    /// Runs until it is cancelled.
    ///
    /// - Parameter stop: from then on nothing is tried again.
    func run(until stop: some StopSignal) async throws {
        for await _ in begun {
            try await retrying("logging the agent in", logger: logger, until: stop, plan: Self.plan) {
                try await self.carryOut()
            }
        }
        try Task.checkCancellation()
    }

    /// Goes on from another session of the same agent.
    func takeOver(_ duty: LoginDuty) { self.duty = duty }

    /// For who takes over.
    func handOver() async -> LoginDuty {
        await noteCommands()
        return duty
    }

    /// Logs the agent out, if that is ours to do. The last that is asked of GWS.
    func end(within limit: Duration) async {
        await noteCommands()
        guard duty.mustEnd else { return }
        let outcome = await session.endContactCenterSession(before: UnixTime.now() + limit.milliseconds)
        guard outcome.kind != .accepted else {
            logger.info("Logged the agent out")
            return
        }
        logger.warning("The agent was not logged out", metadata: [LogKeys.reason: "\(outcome.text)"])
    }

    private func noteCommands() async {
        let command = await session.commandedLogin
        guard let command, command != notedCommand else { return }
        notedCommand = command
        duty.commanded(command)
    }

    private func carryOut() async throws {
        await noteCommands()
        do {
            switch duty.step {
            case .nothing: break
            case .start: try await start()
            case .look:
                let isLoggedOut = try await session.isLoggedOutOfContactCenter()
                // It may be a command that they tell of.
                await noteCommands()
                if duty.looked(isLoggedOut: isLoggedOut) { try await start() }
            }
            troubleBox.withLockedValue { $0 = nil }
        } catch {
            troubleBox.withLockedValue { $0 = "it cannot be logged in at the contact centre: \(error)" }
            throw error
        }
    }

    private func start() async throws {
        duty.starting()
        let start = await session.startContactCenterSession(options)
        switch start {
        case .done:
            duty.started(.done)
            logger.info("Logged the agent in")
        case .doneForVoice(let detail):
            duty.started(.done)
            logger.warning(
                "Logged the agent in, but not for all channels", metadata: [LogKeys.reason: "\(detail)"])
        case .failed(let outcome):
            switch outcome.kind {
            case .accepted, .refused: duty.started(.refused)
            case .unreachable: duty.started(.notSent)
            case .unknown: duty.started(.lost)
            }
            throw Failure(outcome: outcome)
        }
    }

    struct Failure: Error, CustomStringConvertible {
        let outcome: Outcome

        var description: String { outcome.text }
    }

    private static func plan(_ error: any Error) -> RetryPlan {
        guard let failure = error as? Failure else {
            return RetryPlan(.session, atLeast: (error as? GWSError)?.retryAfter)
        }
        if case .refused = failure.outcome.kind { return RetryPlan(.refusedLogin) }
        return RetryPlan(.session, atLeast: failure.outcome.retryAfter)
    }
}

extension Outcome {
    /// In a few words.
    fileprivate var text: String {
        var words = statusMessage ?? detail ?? "no answer"
        if case .refused(.partial) = kind { words = detail ?? words }
        guard let httpStatus else { return words }
        return "\(words) (HTTP \(httpStatus), statusCode \(statusCode.map(String.init) ?? "none"))"
    }
}
