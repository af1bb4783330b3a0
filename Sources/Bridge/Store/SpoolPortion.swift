/// The oldest events that wait in the spool.
package struct SpoolPortion: Sendable {
    /// In the order in which they are to be published.
    package let events: [SpooledEvent]
    /// Of each event.
    let places: [SpoolPlace]
    /// The number up to which the portion reaches; what is damaged and no event any more is within it.
    let through: Int64
    /// Numbers mean something as long as the spool has this one.
    let generation: Int

    /// The first of them.
    func prefix(_ count: Int) -> SpoolPortion {
        guard count < events.count else { return self }
        return SpoolPortion(
            events: Array(events.prefix(count)), places: Array(places.prefix(count)),
            through: places[count - 1].number, generation: generation)
    }

    /// What is left of it behind a number.
    func after(_ number: Int64) -> SpoolPortion? {
        guard number < through, let index = places.firstIndex(where: { $0.number > number }) else {
            return nil
        }
        return SpoolPortion(
            events: Array(events[index...]), places: Array(places[index...]), through: through,
            generation: generation)
    }
}
