import AMQP
import RawJSON

/// What a consumer knows of all agents' calls who applies each event once, in the order in which they come, and none of an
/// epoch that is over.
struct CallPicture: Sendable {
    /// The last message about each call that is not over, by the agent and the call's id.
    private var calls: [String: [String: [UInt8]]] = [:]
    private var seen: Set<String> = []
    /// Of each agent the last that has begun.
    private var epochs: [String: String] = [:]
    /// The agents of whom something may have been missed that has not been made up for.
    private(set) var uncertain: Set<String> = []

    mutating func apply(_ event: HeardEvent) {
        guard seen.insert(event.id).inserted, event.epoch >= epochs[event.agent] ?? "" else { return }
        epochs[event.agent] = event.epoch
        switch event.what {
        case .started, .ended: break
        case .gap: uncertain.insert(event.agent)
        case .resynced(let ids):
            uncertain.remove(event.agent)
            calls[event.agent] = calls[event.agent]?.filter { ids.contains($0.key) }
        case .notification:
            guard let id = event.callID else { return }
            calls[event.agent, default: [:]][id] = event.callState == "Released" ? nil : event.message.body
        }
    }

    /// What is otherwise than it should be.
    ///
    /// - Parameter truth: the JSON of each of an agent's calls.
    func differences(from truth: [String: [String]]) throws -> [String] {
        var differences = uncertain.map { "of \($0) something may be missing" }
        for agent in Set(truth.keys).union(calls.keys).sorted() {
            let known = try (calls[agent] ?? [:]).mapValues {
                try Self.members(of: RawJSON($0)["data"]?["call"])
            }
            var real: [String: [String: String]] = [:]
            for text in truth[agent] ?? [] {
                let call = try RawJSON(Array(text.utf8))
                real[call["id"]?.string ?? ""] = Self.members(of: call)
            }
            for id in Set(known.keys).union(real.keys).sorted() {
                guard let known = known[id] else {
                    differences.append("\(agent) has \(id), and nobody knows")
                    continue
                }
                guard let real = real[id] else {
                    differences.append("\(agent) does not have \(id) any more")
                    continue
                }
                for key in Set(known.keys).union(real.keys).sorted() where known[key] != real[key] {
                    differences.append(
                        "\(agent) \(id): \(key) is \(real[key] ?? "not there"), not \(known[key] ?? "nothing")"
                    )
                }
            }
        }
        return differences
    }

    /// All but how long it has lasted, and what may be done, which changes with other calls without a word.
    private static func members(of call: RawJSON?) -> [String: String] {
        var members: [String: String] = [:]
        guard let call else { return members }
        for member in call.members where !unspoken.contains(member.key) {
            members[member.key] = member.value.description
        }
        return members
    }

    private static let unspoken: Set = ["duration", "capabilities"]
}
