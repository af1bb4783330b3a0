/// Where the simulator gets its random numbers from: a seed, so that what went wrong can be made to go wrong again.
public struct Chance: RandomNumberGenerator, Sendable {
    /// SplitMix64.
    private var state: UInt64

    /// Drawn by chance itself if nil.
    public init(seed: UInt64? = nil) { state = seed ?? .random(in: 0 ... .max) }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
