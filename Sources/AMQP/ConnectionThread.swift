internal import CRabbitMQ
internal import Glibc
internal import NIOConcurrencyHelpers

/// The one thread that a connection's C runs on: the executor of its actor, and its event loop.
///
/// It sleeps in `poll` on the socket and on an eventfd. However many jobs and messages are handed over while it is
/// awake or being woken, they cost one wake-up. It lives until `stop()`, which the actor's deinit calls, so that jobs
/// that come after the connection's end still run.
final class ConnectionThread: SerialExecutor {
    /// What the connection wants to be woken for.
    struct Wait {
        /// -1 once there is no socket any more.
        var descriptor: Int32 = -1
        var wantsToWrite = false
        var deadline: ContinuousClock.Instant?
    }

    private struct State {
        var thread: pthread_t?
        var jobs: [UnownedJob] = []
        var work: [@Sendable () -> Void] = []
        var turn: (@Sendable (_ isReadable: Bool) -> Wait)?
        var isAsleep = false
        var isWoken = false
        var isStopping = false
    }

    private let state = NIOLockedValueBox(State())
    private let wakeUp: Int32

    /// A frame full of nested arrays makes librabbitmq 0.11 recurse 26,000 deep; only what is touched costs memory.
    private static let stackSize = 16 << 20

    init() throws(AMQPError) {
        wakeUp = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        guard wakeUp >= 0 else { throw .disconnected(reason: "no eventfd: \(describe(errno))") }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, Self.stackSize)
        var thread = pthread_t()
        let retained = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, &attributes,
            { context in
                let thread = Unmanaged<ConnectionThread>.fromOpaque(context!).takeRetainedValue()
                crabbitmq_name_thread("amqp")
                thread.main()
                return nil
            }, retained.toOpaque())
        guard status == 0 else {
            retained.release()
            throw .disconnected(reason: "no thread: \(describe(status))")
        }
    }

    deinit { close(wakeUp) }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        wake { $0.jobs.append(job) }
    }

    /// Runs `work` on the thread, before the actor's next turn.
    func run(_ work: @escaping @Sendable () -> Void) {
        wake { $0.work.append(work) }
    }

    /// From now on `turn` is called after every wake-up, and says what to wait for next.
    func attach(_ turn: @escaping @Sendable (_ isReadable: Bool) -> Wait) {
        wake { $0.turn = turn }
    }

    /// Makes the thread take another turn.
    func wake() { wake { _ in } }

    /// The thread ends once it has done what was handed over.
    func stop() {
        wake {
            $0.isStopping = true
            $0.turn = nil
        }
    }

    func checkIsolated() {
        precondition(isCurrent, "this belongs to a connection and was called outside its thread")
    }

    func isIsolatingCurrentContext() -> Bool? { isCurrent }

    private var isCurrent: Bool {
        state.withLockedValue { $0.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
    }

    private func wake(_ change: (inout State) -> Void) {
        let mustSignal = state.withLockedValue { state in
            change(&state)
            state.isWoken = true
            defer { state.isAsleep = false }
            return state.isAsleep
        }
        if mustSignal { eventfd_write(wakeUp, 1) }
    }

    private func main() {
        state.withLockedValue { $0.thread = pthread_self() }
        var jobs: [UnownedJob] = []
        var isReadable = false
        while true {
            let (work, turn, isStopping) = state.withLockedValue { state in
                swap(&jobs, &state.jobs)
                defer { state.work = [] }
                state.isWoken = false
                return (state.work, state.turn, state.isStopping)
            }
            for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
            let didNothing = jobs.isEmpty && work.isEmpty
            jobs.removeAll(keepingCapacity: true)
            for item in work { item() }
            if isStopping, didNothing { return }
            let wait = turn?(isReadable) ?? Wait()
            isReadable = sleep(wait)
        }
    }

    /// True if the socket is readable, or broken, which reading will tell.
    private func sleep(_ wait: Wait) -> Bool {
        let maySleep = state.withLockedValue { state in
            state.isAsleep = !state.isWoken && !state.isStopping
            return state.isAsleep
        }
        let events = Int16(POLLIN) | (wait.wantsToWrite ? Int16(POLLOUT) : 0)
        var descriptors = (
            pollfd(fd: wakeUp, events: Int16(POLLIN), revents: 0),
            pollfd(fd: wait.descriptor, events: events, revents: 0)
        )
        _ = withUnsafeMutableBytes(of: &descriptors) {
            poll($0.assumingMemoryBound(to: pollfd.self).baseAddress!, 2, maySleep ? milliseconds(wait) : 0)
        }
        state.withLockedValue { $0.isAsleep = false }
        if descriptors.0.revents != 0 {
            var count: eventfd_t = 0
            eventfd_read(wakeUp, &count)
        }
        return descriptors.1.revents & ~Int16(POLLOUT) != 0
    }

    private func milliseconds(_ wait: Wait) -> Int32 {
        guard let deadline = wait.deadline else { return -1 }
        let left = deadline - .now
        guard left > .zero else { return 0 }
        // Rounded up: waking before the deadline would only mean to sleep again.
        return Int32(clamping: left.inNanoseconds / 1_000_000 + 1)
    }
}

extension Duration {
    /// Clamped to what 292 years are in nanoseconds.
    var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflowed ? .max : sum
    }
}

/// The system's words for an error number; glibc keeps them per thread.
func describe(_ number: Int32) -> String { String(cString: strerror(number)) }
