/// What a file of the store is for, and what is said of it to people.
struct StoreKind: Sendable {
    let name: String
    /// In the file's header.
    let applicationID: Int
    /// In the file's header. A file of a later one is left alone.
    let version: Int
    let creation: String
    /// Whether only one process may have it open.
    let isExclusive: Bool
    /// As it is called in sentences.
    let noun: String
    /// What is lost with a file that is damaged.
    let knowledge: String
    /// So long one piece of work may take before the file is taken not to answer.
    let patience: Duration

    static let ledger = StoreKind(
        name: "ledger.sqlite", applicationID: LedgerTable.applicationID, version: LedgerTable.version,
        creation: LedgerTable.creation, isExclusive: false, noun: "ledger",
        knowledge: "what it knew of earlier commands is lost then", patience: .seconds(8))

    static let spool = StoreKind(
        name: "events.sqlite", applicationID: SpoolTable.applicationID, version: SpoolTable.version,
        creation: SpoolTable.creation, isExclusive: true, noun: "spool",
        knowledge: "the events that waited in it are lost then",
        // GWS forgets a session that is not polled for ten seconds, and polls wait for their events.
        patience: .milliseconds(2500))
}
