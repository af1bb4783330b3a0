internal import NIOConcurrencyHelpers
internal import NIOCore

/// Runs tasks on the thread of an event loop, so that what they do with the loop's connections, and with each other,
/// takes no change of threads.
///
/// However many jobs come in one turn of the loop, they cost one entry in its queue, and at most one wake-up.
final class LoopExecutor: TaskExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        var isScheduled = false
    }

    private let loop: any EventLoop
    private let state = NIOLockedValueBox(State())

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustSchedule = state.withLockedValue { state in
            state.jobs.append(job)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { loop.execute { self.runJobs() } }
    }

    /// As many rounds of those that come meanwhile, before the loop looks at its sockets again.
    private static let rounds = 16

    private func runJobs() {
        var jobs: [UnownedJob] = []
        for _ in 0..<Self.rounds {
            let isDone = state.withLockedValue { state in
                swap(&jobs, &state.jobs)
                if jobs.isEmpty { state.isScheduled = false }
                return jobs.isEmpty
            }
            if isDone { return }
            for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
            jobs.removeAll(keepingCapacity: true)
        }
        loop.execute { self.runJobs() }
    }
}
