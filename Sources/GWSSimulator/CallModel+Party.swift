extension CallModel {
    /// Somebody on the call, at one telephone.
    package struct Party: Sendable, Hashable {
        /// The agent whose device it is; nil for somebody outside.
        package let agent: String?
        package let number: String
        /// What this party knows the call by.
        package internal(set) var identity: Identity
        package internal(set) var state: State {
            didSet { if state == .established { hasTalked = true } }
        }
        /// Whether it was ever connected.
        package private(set) var hasTalked = false
        package internal(set) var isMuted = false
        package internal(set) var isMutedBySupervisor = false
        /// Set if it is only there because it watches somebody.
        package internal(set) var supervision: Supervision?
        /// Whether GWS can make the telephone answer.
        package let canAnswer: Bool
        /// When the call reached this party. GWS counts `duration` from here.
        package let joinedAt: Int64

        package var person: Person { Person(agent: agent, number: number) }
        /// Heard by nobody, or only by the one it coaches.
        package var isSilent: Bool { supervision.map { $0.kind != .bargeIn } ?? false }
    }

    /// How a supervisor takes part.
    package struct Supervision: Sendable, Hashable {
        package internal(set) var kind: DeviceModel.Monitoring.Kind
        package let mode: DeviceModel.Monitoring.Mode
        package let scope: DeviceModel.Monitoring.Scope
        package let target: Person
        /// The target's device, which is what is watched.
        package let device: String
    }
}
