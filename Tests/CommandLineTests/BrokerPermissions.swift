import TestSupport

/// A virtual host of a test's own, with users who are permitted what `Security.md` says, word for word.
struct BrokerPermissions {
    private let broker: PrivateBroker
    private let host = uniqueName("telephony")
    private let page: String

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    init(on broker: PrivateBroker) async throws {
        self.broker = broker
        page = try Repository.text("Sources/Bridge/Bridge.docc/Security.md")
        try await broker.control("add_vhost", host)
    }

    /// Makes a user, and permits what the page permits the user of that name.
    ///
    /// - Parameter withTopics: What is permitted of the keys, too.
    /// - Returns: where it logs in.
    func url(of user: String, withTopics: Bool = false) async throws -> String {
        // Users are the same in all virtual hosts.
        let name = "\(user)-\(host)"
        try await broker.control("add_user", name, "secret")
        try await perform("set_permissions", of: user, as: name)
        if withTopics { try await perform("set_topic_permissions", of: user, as: name) }
        return "amqp://\(name):secret@127.0.0.1:\(broker.port)/\(host)"
    }

    /// Where one logs in who may do everything.
    func administrator() async throws -> String {
        try await broker.control("set_permissions", "-p", host, "guest", ".*", ".*", ".*")
        return "\(broker.url)/\(host)"
    }

    func delete() async throws { try await broker.control("delete_vhost", host) }

    private func perform(_ command: String, of user: String, as name: String) async throws {
        let beginning = "rabbitmqctl \(command) -p telephony \(user) "
        guard let line = page.split(separator: "\n").first(where: { $0.hasPrefix(beginning) }) else {
            throw Missing(description: "Security.md has no line \"\(beginning)…\"")
        }
        // Nothing but the three expressions is quoted.
        let words = line.dropFirst(beginning.count).split(separator: "'", omittingEmptySubsequences: false)
        var arguments = words.enumerated().compactMap { index, word in
            index % 2 == 1 ? String(word) : word.contains { $0 != " " } ? word.filter { $0 != " " } : nil
        }
        arguments.insert(contentsOf: [command, "-p", host, name], at: 0)
        try await broker.control(arguments)
    }
}
