internal import GRDB
internal import GWS
internal import RawJSON

/// What waits for a gap to be made up for.
extension SpoolTable {
    static func put(_ portion: SpoolWithheld.Portion, in database: Database) throws {
        guard !portion.isEmpty else { return }
        let insertion = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO withheld VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
        for (agent, rows) in portion.rows {
            for row in rows {
                insertion.bind(agent, at: 1)
                insertion.bind(row.id.epoch, at: 2)
                insertion.bind(row.id.ordinal, at: 3)
                insertion.bind(row.notification.receivedAt, at: 4)
                insertion.bind(row.notification.channel, at: 5)
                insertion.bind(Array(row.notification.body), at: 6)
                try insertion.perform()
            }
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

    /// In their order; what is not legible any more is not among them, nor what belongs to an earlier epoch: whoever
    /// began a later one did not know of it, and named its whole past as a gap.
    static func withheld(
        of agent: String, in epoch: String, in database: Database
    ) throws -> [WithheldNotification] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT ordinal, at, channel, json FROM withheld WHERE agent = ?1 AND epoch = ?2 ORDER BY ordinal
                """)
        statement.bind(agent, at: 1)
        statement.bind(epoch, at: 2)
        defer { statement.rewind() }
        var withheld: [WithheldNotification] = []
        while try statement.step() {
            guard let bytes = statement.bytes(3), let json = try? RawJSON(bytes, limits: lenient) else {
                continue
            }
            withheld.append(
                WithheldNotification(
                    .init(epoch: epoch, ordinal: statement.number(0) ?? 0),
                    GWS.Notification(
                        json, channel: statement.text(2) ?? "", receivedAt: statement.number(1) ?? 0)))
        }
        return withheld
    }

    /// Those of agents whom nobody serves any more, and of epochs after which others have begun.
    static func removeWithheld(before cutoff: Int64, in database: Database) throws {
        let statement = try database.cachedStatement(
            sql: """
                DELETE FROM withheld WHERE at < ?1
                    OR epoch < (SELECT epoch FROM agents WHERE agents.agent = withheld.agent)
                """)
        statement.bind(cutoff, at: 1)
        try statement.perform()
    }
}
