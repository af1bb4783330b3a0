internal import GRDB
internal import RawJSON

/// What is known of each agent.
extension SpoolTable {
    static func put(_ changes: some Sequence<AgentChange>, in database: Database) throws {
        let agents = try database.cachedStatement(
            sql: """
                INSERT INTO agents VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (agent) DO UPDATE SET
                    epoch = max(epoch, ?2),
                    sequence = CASE WHEN (?2, ?3) > (epoch, sequence) THEN ?3 ELSE sequence END,
                    unbroken_until = coalesce(?4, unbroken_until),
                    is_complete = ?5
                """)
        for change in changes {
            agents.bind(change.agent, at: 1)
            agents.bind(change.epoch, at: 2)
            agents.bind(change.sequence, at: 3)
            agents.bind(change.unbrokenUntil, at: 4)
            agents.bind(change.isComplete ? 1 : 0, at: 5)
            try agents.perform()
            try put("call", change.calls, of: change.agent, in: database)
            try put("device", change.devices.mapValues(Optional.some), of: change.agent, in: database)
        }
    }

    private static func put(
        _ kind: String, _ values: [String: RawJSON?], of agent: String, in database: Database
    ) throws {
        guard !values.isEmpty else { return }
        let setting = try database.cachedStatement(
            sql: "INSERT OR REPLACE INTO known (agent, kind, id, json) VALUES (?1, ?2, ?3, ?4)")
        let deletion = try database.cachedStatement(
            sql: "DELETE FROM known WHERE agent = ?1 AND kind = ?2 AND id = ?3")
        for (id, json) in values {
            let statement = json == nil ? deletion : setting
            statement.bind(agent, at: 1)
            statement.bind(kind, at: 2)
            statement.bind(id, at: 3)
            if let json { statement.bind(Array(json.bytes), at: 4) }
            try statement.perform()
        }
    }

    /// Without the loss.
    static func record(of agent: String, in database: Database) throws -> AgentRecord? {
        let statement = try database.cachedStatement(
            sql: "SELECT epoch, sequence, unbroken_until, is_complete FROM agents WHERE agent = ?1")
        statement.bind(agent, at: 1)
        defer { statement.rewind() }
        guard try statement.step() else { return nil }
        let epoch = statement.text(0) ?? ""
        return AgentRecord(
            epoch: epoch, sequence: statement.number(1) ?? 0,
            unbrokenUntil: statement.number(2), calls: try known("call", of: agent, in: database),
            devices: try known("device", of: agent, in: database),
            withheld: try withheld(of: agent, in: epoch, in: database), isComplete: statement.number(3) == 1)
    }

    /// As lenient as those who read it first.
    static let lenient = RawJSON.Limits(depth: 512, allowsDuplicateKeys: true)

    /// What is not legible any more is not known.
    private static func known(_ kind: String, of agent: String, in database: Database) throws -> [String:
        RawJSON]
    {
        let statement = try database.cachedStatement(
            sql: "SELECT id, json FROM known WHERE agent = ?1 AND kind = ?2")
        statement.bind(agent, at: 1)
        statement.bind(kind, at: 2)
        defer { statement.rewind() }
        var known: [String: RawJSON] = [:]
        while try statement.step() {
            guard let id = statement.text(0), let json = statement.bytes(1) else { continue }
            known[id] = try? RawJSON(json, limits: lenient)
        }
        return known
    }
}
