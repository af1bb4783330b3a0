extension Int64 {
    /// The sum, or what is nearest to it: the end of time is as late as a time can be.
    package func saturatingAdd(_ other: Int64) -> Int64 {
        let (sum, overflowed) = addingReportingOverflow(other)
        if overflowed { return other < 0 ? .min : .max }
        return sum
    }
}
