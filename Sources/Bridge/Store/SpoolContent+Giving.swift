/// Giving out the oldest, and letting go of them.
extension SpoolContent {
    /// Many bytes for one portion.
    static let portionSize = 4 << 20

    enum Given: Sendable {
        case portion(SpoolPortion)
        /// They are to be decoded.
        case rows([SpoolRow], generation: Int)
    }

    /// What is in the file comes first; what is in memory and shall go there is not given out before.
    ///
    /// - Returns: nil where it is to be waited for.
    mutating func give(_ count: Int, to id: ID) -> Given? {
        if let inHand { return .portion(inHand.prefix(count)) }
        guard mayGive else {
            readers[id] = count
            return nil
        }
        let given = rows.prefix(count, bytes: Self.portionSize).prefix { !withheld.mayBeInFile($0.agent) }
        handed = max(handed, given.last?.number ?? handed)
        return .rows(Array(given), generation: generation)
    }

    /// Whether the oldest in memory may be published before they are in the file.
    private var mayGive: Bool {
        guard isHolding, inFile.count == 0, let first = rows.first else { return false }
        return !withheld.mayBeInFile(first.agent)
    }

    /// Who may ask again, as there is something now.
    mutating func takeReaders() -> [ID] {
        guard inHand != nil || mayGive else { return [] }
        defer { readers = [:] }
        return Array(readers.keys)
    }

    /// Who waits no longer, as there is nothing left.
    mutating func takeLookouts() -> [ID] {
        guard isDrained else { return [] }
        defer { lookouts = [] }
        return lookouts
    }

    /// The rows were decoded.
    ///
    /// - Parameter damaged: those that cannot be.
    /// - Returns: nil where there is nothing to publish among them, or they are not what they were.
    mutating func accept(
        _ decoded: [(place: SpoolPlace, event: SpooledEvent)], damaged: [SpoolPlace], through: Int64,
        generation: Int
    ) -> SpoolPortion? {
        guard generation == self.generation, inHand == nil, through > removed else { return inHand }
        for place in damaged {
            lose(place)
            inFile.remove(1, bytes: place.bytes, oldestAt: nil)
        }
        guard let first = decoded.first else {
            removed = through
            return nil
        }
        if inFile.count > 0 { inFile.oldestAt = first.place.at }
        inHand = SpoolPortion(
            events: decoded.map(\.event), places: decoded.map(\.place), through: through,
            generation: generation)
        return inHand
    }

    /// They are confirmed. Harmless where they are not there any more.
    mutating func remove(_ portion: SpoolPortion) {
        guard portion.generation == generation, portion.through > removed else { return }
        let inMemory = rows.first?.number ?? .max
        for place in portion.places where place.number > removed {
            held.remove(place)
            if place.number < inMemory {
                inFile.remove(1, bytes: place.bytes, oldestAt: place.at)
            }
        }
        removed = portion.through
        rows.remove(through: removed)
        // Without a file there is nothing to delete in one.
        if keeping == .memory { deleted = removed }
        inHand = inHand?.after(removed)
    }
}
