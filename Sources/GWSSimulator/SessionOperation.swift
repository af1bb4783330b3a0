/// What an agent asks of its contact centre session, read from the body of a POST to `/me`.
package enum SessionOperation: Sendable, Hashable {
    /// `devicePath` is nil if the place, or nothing, says which devices they are.
    case start(channels: [String], devicePath: String?)
    case end

    package init(body: JSON) throws(Refusal) {
        let name = try body.operationName()
        switch name {
        case "StartContactCenterSession":
            guard let channels = body["channels"] else { throw .missing("channels") }
            let names = channels.elements.compactMap(\.string).filter { !$0.isEmpty }
            guard !names.isEmpty, names.count == channels.elements.count else { throw .invalid("channels") }
            for parameter in ["place", "queue", "loginCode", "devicePath"] {
                if let value = body[parameter], value.string?.isEmpty != false { throw .invalid(parameter) }
            }
            self = .start(channels: names, devicePath: body["devicePath"]?.string)
        case "EndContactCenterSession": self = .end
        default: throw .unknownOperation(name)
        }
    }
}
