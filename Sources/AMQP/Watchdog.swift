internal import CRabbitMQ
internal import Glibc
internal import NIOConcurrencyHelpers

/// Shuts the socket of a connection thread that has been inside the library too long.
///
/// librabbitmq 0.11 waits without limit in places, as when it publishes into a frozen link; shutting the socket from
/// another thread makes it return. One thread watches all connections of the process, and sleeps while none of them
/// is inside the library.
final class Watchdog: Sendable {
    static let shared = Watchdog()

    private struct State {
        var watches: [ObjectIdentifier: Watch] = [:]
        var isRunning = false
        /// When the thread will look again; nil while it sleeps until told.
        var wakesAt: ContinuousClock.Instant?
        var stalls = 0
    }

    private let state = NIOLockedValueBox(State())
    private let wakeUp = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))

    /// How often a thread hung in the library since the process began.
    var stalls: Int { state.withLockedValue { $0.stalls } }

    fileprivate func noteStall() { state.withLockedValue { $0.stalls += 1 } }

    fileprivate func add(_ watch: Watch) {
        state.withLockedValue { $0.watches[ObjectIdentifier(watch)] = watch }
    }

    fileprivate func remove(_ watch: Watch) {
        state.withLockedValue { $0.watches[ObjectIdentifier(watch)] = nil }
    }

    /// Makes sure that the thread is awake at `deadline`; usually it will be already.
    fileprivate func look(at deadline: ContinuousClock.Instant) {
        let (mustStart, mustSignal) = state.withLockedValue { state in
            let sleepsTooLong = state.wakesAt.map { deadline < $0 } ?? true
            if sleepsTooLong { state.wakesAt = deadline }
            defer { state.isRunning = true }
            return (!state.isRunning, sleepsTooLong)
        }
        if mustStart { start() } else if mustSignal { eventfd_write(wakeUp, 1) }
    }

    private func start() {
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { _ in
                crabbitmq_name_thread("amqp-watchdog")
                Watchdog.shared.main()
            }, nil)
        guard status == 0 else { return state.withLockedValue { $0.isRunning = false } }
        pthread_detach(thread)
    }

    private func main() -> Never {
        while true {
            // What is armed from here on finds nobody who would wake in time, and signals.
            let watches = state.withLockedValue { state in
                state.wakesAt = nil
                return Array(state.watches.values)
            }
            let now = ContinuousClock.now
            var next: ContinuousClock.Instant?
            for watch in watches {
                switch watch.check(now) {
                case .outside: break
                case .inside(let deadline): next = min(next ?? deadline, deadline)
                case .expired: break
                }
            }
            sleep(until: next)
        }
    }

    private func sleep(until next: ContinuousClock.Instant?) {
        let wakesAt = state.withLockedValue { state in
            if let next { state.wakesAt = min(state.wakesAt ?? next, next) }
            return state.wakesAt
        }
        var timeout: Int32 = -1
        if let wakesAt { timeout = Int32(clamping: max(0, (wakesAt - .now).inNanoseconds / 1_000_000 + 1)) }
        var descriptor = pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0)
        if poll(&descriptor, 1, timeout) > 0 {
            var count: eventfd_t = 0
            eventfd_read(wakeUp, &count)
        }
    }
}

/// What the watchdog knows of one connection thread.
final class Watch: Sendable {
    enum Finding {
        case outside
        case inside(until: ContinuousClock.Instant)
        case expired
    }

    private struct State {
        var deadline: ContinuousClock.Instant?
        /// A duplicate, so that shutting it can never hit what else got the library's number.
        var socket: Int32 = -1
        var hasExpired = false
        var onExpiry: (@Sendable () -> Void)?
    }

    private let state = NIOLockedValueBox(State())

    /// `onExpiry` is for who waits where there is no socket to shut, as in the resolver; it is called once.
    init(onExpiry: (@Sendable () -> Void)? = nil) {
        state.withLockedValue { $0.onExpiry = onExpiry }
        Watchdog.shared.add(self)
    }

    var hasExpired: Bool { state.withLockedValue { $0.hasExpired } }

    /// The duplicate, also for polling; -1 without a socket.
    var socket: Int32 { state.withLockedValue { $0.socket } }

    func take(_ socket: Int32) {
        let duplicate = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        state.withLockedValue { state in
            if state.socket >= 0 { close(state.socket) }
            state.socket = duplicate
        }
    }

    func enter(limit: Duration) {
        let deadline = ContinuousClock.now + limit
        state.withLockedValue { $0.deadline = deadline }
        Watchdog.shared.look(at: deadline)
    }

    /// The connecting is done: from now on there is a socket to shut.
    func forgetExpiry() { state.withLockedValue { $0.onExpiry = nil } }

    func leave() { state.withLockedValue { $0.deadline = nil } }

    func shutSocket() {
        state.withLockedValue { if $0.socket >= 0 { _ = shutdown($0.socket, Int32(SHUT_RDWR)) } }
    }

    /// The connection is over; must be called, as the watchdog holds on to its watches.
    func retire() {
        state.withLockedValue { state in
            if state.socket >= 0 { close(state.socket) }
            state.socket = -1
            state.deadline = nil
            state.onExpiry = nil
        }
        Watchdog.shared.remove(self)
    }

    fileprivate func check(_ now: ContinuousClock.Instant) -> Finding {
        let (finding, onExpiry) = state.withLockedValue { state -> (Finding, (@Sendable () -> Void)?) in
            guard let deadline = state.deadline else { return (.outside, nil) }
            guard deadline <= now else { return (.inside(until: deadline), nil) }
            state.deadline = nil
            state.hasExpired = true
            // Counted before the thread comes back and tells of it.
            Watchdog.shared.noteStall()
            if state.socket >= 0 { _ = shutdown(state.socket, Int32(SHUT_RDWR)) }
            defer { state.onExpiry = nil }
            return (.expired, state.onExpiry)
        }
        onExpiry?()
        return finding
    }
}
