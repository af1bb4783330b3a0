import Foundation

/// Files and sockets that the process may have open. An agent has a connection for polls, and at times one for
/// operations.
///
/// Who runs out of them cannot even refuse a connection to the console: a core would spin in vain.
struct Descriptors: Sendable {
    let concurrency: Int

    /// As far as this user may raise it.
    func raiseLimit() {
        var limit = Self.limit
        guard limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        // Where it is not permitted the old limit holds, and `check` tells whether it suffices.
        setrlimit(Self.resource, &limit)
    }

    /// - Throws: if the limit is too low for so many agents.
    func check(agents: Int) throws(ConfigurationError) {
        let needed = Self.needed(agents: agents, concurrency: concurrency)
        let limit = Self.limit.rlim_cur
        guard limit < needed else { return }
        throw ConfigurationError(
            "\(agents) agents need up to \(needed) open files, and the limit is \(limit); raise it (ulimit -n, LimitNOFILE)"
        )
    }

    static func needed(agents: Int, concurrency: Int) -> Int { 2 * agents + concurrency + 100 }

    private static var limit: rlimit {
        var limit = rlimit()
        getrlimit(resource, &limit)
        return limit
    }

    #if os(Linux)
        private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
    #else
        private static var resource: Int32 { RLIMIT_NOFILE }
    #endif
}
