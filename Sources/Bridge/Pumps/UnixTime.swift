internal import Foundation

enum UnixTime {
    private static let start = (wall: now(), instant: ContinuousClock.now)

    /// Milliseconds since 1970 that only go forward, and evenly: the wall's clock as it was when the process began, and
    /// what has passed since. For waiting: whoever sets the wall's clock changes nothing of it.
    static func steady() -> Int64 {
        start.wall + (ContinuousClock.now - start.instant).milliseconds
    }

    /// Milliseconds since 1970, by the wall's clock: for deadlines and time stamps, not for measuring.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
