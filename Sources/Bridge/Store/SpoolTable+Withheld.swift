internal import GRDB
internal import GWS
internal import RawJSON

/// What waits for a gap to be made up for.
extension SpoolTable {
    static func put(_ portion: SpoolWithheld.Portion, in database: Database) throws {
        guard !portion.isEmpty else { return }
        let insertion = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO withheld VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        for row in portion.rows {
            insertion.bind(row.agent, at: 1)
            insertion.bind(row.withheld.id.epoch, at: 2)
            insertion.bind(row.withheld.id.ordinal, at: 3)
            insertion.bind(row.withheld.notification.receivedAt, at: 4)
            insertion.bind(row.withheld.notification.channel, at: 5)
            insertion.bind(Array(row.withheld.notification.body), at: 6)
            try insertion.perform()
        }
        let deletion = try database.cachedStatement(
            sql: "DELETE FROM withheld WHERE agent = ?1 AND (epoch, ordinal) <= (?2, ?3)")
        for (agent, id) in portion.releases {
            deletion.bind(agent, at: 1)
            deletion.bind(id.epoch, at: 2)
            deletion.bind(id.ordinal, at: 3)
            try deletion.perform()
        }
    }

    /// In their order; what is not legible any more is not among them.
    static func withheld(of agent: String, in database: Database) throws -> [WithheldNotification] {
        let statement = try database.cachedStatement(
            sql:
                "SELECT epoch, ordinal, at, channel, json FROM withheld WHERE agent = ?1 ORDER BY epoch, ordinal"
        )
        statement.bind(agent, at: 1)
        defer { statement.rewind() }
        var withheld: [WithheldNotification] = []
        while try statement.step() {
            guard let bytes = statement.bytes(4), let json = try? RawJSON(bytes, limits: lenient) else {
                continue
            }
            withheld.append(
                WithheldNotification(
                    .init(epoch: statement.text(0) ?? "", ordinal: statement.number(1) ?? 0),
                    GWS.Notification(
                        json, channel: statement.text(3) ?? "", receivedAt: statement.number(2) ?? 0)))
        }
        return withheld
    }

    /// Those of agents whom nobody serves any more.
    static func removeWithheld(before cutoff: Int64, in database: Database) throws {
        let statement = try database.cachedStatement(sql: "DELETE FROM withheld WHERE at < ?1")
        statement.bind(cutoff, at: 1)
        try statement.perform()
    }
}
