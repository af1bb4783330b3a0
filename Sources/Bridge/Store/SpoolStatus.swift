/// How much waits in the spool.
package struct SpoolStatus: Sendable, Hashable {
    package var count: Int
    package var bytes: Int64
    /// When the oldest came, Unix milliseconds; nil if nothing waits.
    package var oldestAt: Int64?
    /// How many events the spool had to drop since the process began.
    package var dropped: Int
}
