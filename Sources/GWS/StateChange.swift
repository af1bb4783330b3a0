public import RawJSON

/// What shows that an operation took effect: a notification of a type, and what is then true of the call or the device.
///
/// The same conditions hold of the resource when it is read, save where ``isReadable`` says otherwise.
public struct StateChange: Sendable, Hashable {
    /// What it shows in.
    public enum Subject: String, Sendable {
        /// The call that the operation was posted to.
        case call
        /// A call that began with the operation.
        case newCall
        /// The consult call: the one that the operation was posted to, or the one that goes with it.
        case consultCall
        case device
    }

    public let subject: Subject
    /// The notificationType; for a device, whose notifications have none, the messageType.
    public let notification: String
    public let conditions: [Condition]

    public static func call(_ notification: String, _ conditions: Condition...) -> StateChange {
        StateChange(subject: .call, notification: notification, conditions: conditions)
    }

    public static func newCall(_ notification: String, _ conditions: Condition...) -> StateChange {
        StateChange(subject: .newCall, notification: notification, conditions: conditions)
    }

    public static func consultCall(_ notification: String, _ conditions: Condition...) -> StateChange {
        StateChange(subject: .consultCall, notification: notification, conditions: conditions)
    }

    public static func device(_ conditions: Condition...) -> StateChange {
        StateChange(subject: .device, notification: "DeviceStateChangeMessage", conditions: conditions)
    }

    /// Whether it is told by what was before.
    public var comparesWithBefore: Bool {
        conditions.contains { if case .hasChanged = $0 { true } else { false } }
    }

    /// Whether the call or the device, read later, shows it too.
    public var isReadable: Bool { !conditions.isEmpty }

    /// - Parameters:
    ///   - resource: The call or the device, as GWS gives it.
    ///   - operation: The operation object that was posted.
    ///   - before: The resource as it stood before, where that is known.
    public func holds(of resource: RawJSON, after operation: RawJSON, before: RawJSON? = nil) -> Bool {
        conditions.allSatisfy { $0.holds(of: resource, after: operation, before: before) }
    }
}

extension StateChange {
    /// Something that is true of a resource. A path is the names of members within each other.
    public enum Condition: Sendable, Hashable {
        /// The value, a string or a boolean, is one of these.
        case isOneOf([String], [String])
        case isAbsent([String])
        /// The value is the same text as the operation's parameter.
        case equals([String], parameter: String)
        /// The object has all members of the operation's parameter, with the same values.
        case contains([String], parameter: String)
        /// The object has no member of the name that the operation's parameter is.
        case lacksKey([String], parameter: String)
        /// The number that the operation's parameter is belongs to one of the call's participants.
        case hasParticipant(parameter: String)
        case lacksParticipant(parameter: String)
        /// The value differs from the one before; of a resource whose past is not known that cannot be said.
        case hasChanged([String])

        public static func `is`(_ path: String, _ value: String) -> Condition {
            .isOneOf(path.split(separator: ".").map(String.init), [value])
        }

        /// What it looks at.
        var path: [String] {
            switch self {
            case .isOneOf(let path, _), .isAbsent(let path), .equals(let path, _), .contains(let path, _),
                .lacksKey(let path, _), .hasChanged(let path):
                path
            case .hasParticipant, .lacksParticipant: ["participants"]
            }
        }

        func holds(of resource: RawJSON, after operation: RawJSON, before: RawJSON?) -> Bool {
            switch self {
            case .isOneOf(let path, let values): return resource.text(at: path).map(values.contains) ?? false
            case .isAbsent(let path): return resource.value(at: path) == nil
            case .equals(let path, let parameter):
                guard let wanted = operation[parameter]?.string else { return false }
                return resource.text(at: path) == wanted
            case .contains(let path, let parameter):
                guard let wanted = operation[parameter] else { return false }
                let object = resource.value(at: path)
                return wanted.members.allSatisfy { member in
                    // A key may stand there twice (AttachUserData).
                    object?.members.contains { $0.key == member.key && $0.value.says(member.value) } ?? false
                }
            case .lacksKey(let path, let parameter):
                guard let key = operation[parameter]?.string else { return false }
                return resource.value(at: path)?[key] == nil
            case .hasParticipant(let parameter):
                return operation.number(parameter).map { resource.participants.contains($0) } ?? false
            case .lacksParticipant(let parameter):
                return operation.number(parameter).map { !resource.participants.contains($0) } ?? false
            case .hasChanged(let path):
                guard let before else { return false }
                return before.text(at: path) != resource.text(at: path)
            }
        }
    }
}

extension RawJSON {
    func value(at path: [String]) -> RawJSON? {
        path.reduce(Optional(self)) { value, name in value?[name] }
    }

    fileprivate func text(at path: [String]) -> String? {
        guard let value = value(at: path) else { return nil }
        return value.string ?? value.bool.map { $0 ? "true" : "false" }
    }

    /// The number of a parameter that is a destination or the number itself.
    fileprivate func number(_ parameter: String) -> String? {
        self[parameter].flatMap { $0["phoneNumber"]?.string ?? $0.string }
    }

    /// The participants' numbers, in today's format (objects) or that of older versions (strings).
    fileprivate var participants: Set<String> {
        guard let list = self["participants"] else { return [] }
        return Set(
            list.elements.flatMap { participant in
                [participant, participant["phoneNumber"], participant["digits"]].compactMap { $0?.string }
            })
    }

    /// The same value, whatever the white space, the order of members and the way that characters are escaped.
    fileprivate func says(_ other: RawJSON) -> Bool {
        guard kind == other.kind else { return false }
        switch kind {
        case .string: return string == other.string
        case .number: return bytes == other.bytes || double == other.double
        case .array:
            let (mine, others) = (Array(elements), Array(other.elements))
            return mine.count == others.count && zip(mine, others).allSatisfy { $0.says($1) }
        case .object:
            let (mine, others) = (Array(members), Array(other.members))
            return mine.count == others.count
                && mine.allSatisfy { member in other[member.key].map(member.value.says) ?? false }
        default: return bytes == other.bytes
        }
    }
}
