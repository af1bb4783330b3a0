public import Logging
internal import NIOConcurrencyHelpers

/// One AMQP connection with its one channel, on a thread of its own.
///
/// It never reconnects: when it ends, everything pending ends with the same error. What it does is split by verb:
/// +Declaring, +Publishing, +Consuming, +Closing; +Turn is what its thread does after each wake-up.
public actor AMQPConnection {
    /// Who the broker is.
    public nonisolated let server: ServerProperties

    nonisolated let thread: ConnectionThread
    nonisolated let mailbox: Mailbox
    nonisolated let settings: Settings
    nonisolated let logger: Logger

    /// The limits that hold for the life of the connection.
    struct Settings: Sendable {
        let window: Int
        let frameMax: Int
        let heartbeat: Duration
        let operationTimeout: Duration
        let confirmTimeout: Duration
    }

    enum Phase {
        case open(ConnectionHandle)
        case ended(AMQPError)
    }

    var phase: Phase
    var closing: Closing?
    var calls = Calls()
    var outbox = Outbox()
    var acks = Acks()
    var incoming = Incoming()
    var consumers: [String: ConsumerState] = [:]
    var consumersWithNews: [String] = []
    var blockedReason: String?
    var unblockedAt: ContinuousClock.Instant
    var lastConfirmed: ContinuousClock.Instant
    var pulse: Pulse
    /// When something must be sent, and the library be asked for frames, be there any or not: it tends to the
    /// broker's heartbeats.
    var beatAt: ContinuousClock.Instant?
    /// Reading stopped before everything was read.
    var mustReadAgain = false
    /// Settlements as they go out, those left for which there was no room.
    var settlementsToSend: ArraySlice<Acks.Message> = []
    /// Until when settlements are gathered before they are told.
    var acksDueAt: ContinuousClock.Instant?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Bytes of the largest frame, as agreed with the broker.
    package nonisolated var frameMax: Int { settings.frameMax }

    /// As agreed with the broker; zero is none.
    package nonisolated var heartbeat: Duration { settings.heartbeat }

    /// A snapshot, as of the thread's last turn.
    public nonisolated var status: ConnectionStatus { mailbox.status }

    /// Whether what the broker has given to this connection is still ours to act upon: it was heard so lately that it
    /// cannot have given the connection up for silence, and nothing else has ended it.
    ///
    /// Right also in the first instant of a process that was suspended, before the connection's thread has run. Cheap
    /// enough to be asked before every action.
    public nonisolated func isAlive(at now: ContinuousClock.Instant = .now) -> Bool {
        mailbox.isAlive(at: now)
    }

    /// How often a call into the library hung, in any connection of this process, until its socket was shut.
    public static var libraryStalls: Int { Watchdog.shared.stalls }

    /// Connects, runs `body`, and closes on every path; closing takes at most the operation timeout.
    ///
    /// `window` bounds the messages that are written and not yet confirmed.
    public static func withConnection<Result>(
        to broker: Broker,
        name: String,
        window: Int = 512,
        logger: Logger,
        _ body: (AMQPConnection) async throws -> Result
    ) async throws -> Result {
        let connection = try await open(broker, name: name, window: window, logger: logger)
        do {
            let result = try await body(connection)
            await connection.close(within: broker.operationTimeout)
            return result
        } catch {
            await connection.close(within: broker.operationTimeout)
            throw error
        }
    }

    /// Suspends until the connection has ended, and says why; `closed` if by us, `cancelled` if the waiting task was.
    public nonisolated func ended() async -> AMQPError {
        await mailbox.ended(isCancellable: true)
    }

    init(
        handle: sending ConnectionHandle,
        server: ServerProperties,
        thread: ConnectionThread,
        broker: Broker,
        window: Int,
        logger: Logger
    ) {
        self.server = server
        self.thread = thread
        self.logger = logger
        mailbox = Mailbox(thread: thread, patience: Pulse(heartbeat: handle.heartbeat, at: .now).patience)
        settings = Settings(
            window: max(1, window),
            frameMax: handle.frameMax,
            heartbeat: handle.heartbeat,
            operationTimeout: broker.operationTimeout,
            confirmTimeout: broker.confirmTimeout
        )
        unblockedAt = .now
        lastConfirmed = .now
        pulse = Pulse(heartbeat: handle.heartbeat, at: .now)
        beatAt = pulse.beat.map { .now + $0 }
        phase = .open(handle)
        thread.attach { [weak self] isReadable in
            self?.assumeIsolated { $0.turn(isReadable: isReadable) } ?? ConnectionThread.Wait()
        }
    }

    deinit { thread.stop() }
}

/// Keys of the metadata that this module logs.
enum LogKeys {
    static let endpoint = "endpoint"
    static let reason = "reason"
    static let server = "server"
    static let consumer = "consumer"
}
