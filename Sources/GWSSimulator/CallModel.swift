/// One call, as the switch sees it: who is on it, its data and its recording.
///
/// A value without a clock or a socket. ``Switchboard`` holds the calls and does what is asked; what an agent sees of
/// one is a ``Leg``.
package struct CallModel: Sendable, Hashable {
    package enum State: String, Sendable, Hashable {
        case dialing = "Dialing"
        case ringing = "Ringing"
        case established = "Established"
        case held = "Held"
        case released = "Released"
    }

    package enum Recording: String, Sendable, Hashable {
        case stopped = "Stopped"
        case recording = "Recording"
        case paused = "Paused"
    }

    package enum Kind: String, Sendable, Hashable {
        case `internal` = "Internal"
        case inbound = "Inbound"
        case outbound = "Outbound"
        case consult = "Consult"
    }

    /// What the call is known by. In today's format both are the same.
    package struct Identity: Sendable, Hashable {
        package let id: String
        package let uuid: String
    }

    /// Why a call was made out of another.
    package struct Consult: Sendable, Hashable {
        package enum Purpose: Sendable, Hashable { case transfer, conference }

        /// The call that waits for it.
        package internal(set) var parent: String
        package let initiator: Person
        package let purpose: Purpose
    }

    package let identity: Identity
    /// Changes when calls become one.
    package internal(set) var connID: String
    package let kind: Kind
    /// The number that called.
    package let caller: String
    /// The number that was dialled.
    package let dnis: String
    package internal(set) var consult: Consult?
    /// Those who are on it now.
    package internal(set) var parties: [Party] = []
    /// Who made a conference of it.
    package internal(set) var owner: Person?
    package internal(set) var userData: [JSON.Member] = []
    package internal(set) var recording = Recording.stopped

    /// How many bytes of JSON a call's user data may come to.
    package static let userDataLimit = 64 << 10

    package var id: String { identity.id }

    package func party(_ person: Person) -> Party? { parties.first { $0.person == person } }

    /// Those who can be heard, or could be.
    package var talking: [Party] { parties.filter { !$0.isSilent } }

    /// Whom that party sees on the call: what was connected at the end is still named in the last message.
    package func participants(for person: Person) -> [Party] {
        let others = talking.filter { $0.person != person }
        let present = others.filter { $0.state != .released }
        return present.isEmpty ? others : present
    }

    /// Whether anybody is left to talk to, and an agent to be told of it.
    var isAlive: Bool { Self.isAlive(parties) }

    static func isAlive(_ parties: [Party]) -> Bool {
        let talking = parties.filter { !$0.isSilent }
        return talking.count > 1 && talking.contains { $0.agent != nil }
    }

    mutating func set(_ key: String, _ value: JSON) { userData.set(key, value) }
}
