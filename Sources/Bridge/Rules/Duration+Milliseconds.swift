extension Duration {
    /// Whole milliseconds, as many as fit.
    package var milliseconds: Int64 {
        let (milliseconds, overflowed) = components.seconds.multipliedReportingOverflow(by: 1000)
        if overflowed { return components.seconds < 0 ? .min : .max }
        return milliseconds.saturatingAdd(components.attoseconds / 1_000_000_000_000_000)
    }
}
