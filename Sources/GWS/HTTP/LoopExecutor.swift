internal import NIOConcurrencyHelpers
internal import NIOCore

/// Runs tasks on the thread of an event loop, so that what they do with the loop's connections, and with each other,
/// takes no change of threads.
///
/// However many jobs come before it has its turn, they cost one entry in the loop's queue, and at most one wake-up. The
/// loop looks at its sockets when there are no jobs left.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop
    /// Whoever adds the first has the loop run them.
    private let jobs = NIOLockedValueBox<[UnownedJob]>([])

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = jobs.withLockedValue { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
        if isFirst { loop.execute { self.runJobs() } }
    }

    private func runJobs() {
        var jobs: [UnownedJob] = []
        self.jobs.withLockedValue { swap(&jobs, &$0) }
        for job in jobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
