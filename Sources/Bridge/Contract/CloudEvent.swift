internal import AMQP

/// What makes an event one of CloudEvents 1.0 as well: its attributes in headers, the body as it is (the binary mode of
/// the AMQP binding, with the prefix that names of headers may have everywhere). `datacontenttype` is the property
/// content_type.
///
/// All that the bridge says of an agent has one source, in which ids are unique.
struct CloudEvent {
    /// The message's.
    let id: String
    let agent: String
    let type: Kind
    /// The call or device that it is about.
    let subject: String?
    /// Unix milliseconds, when the bridge had it: of all events it is known by one clock, and it has their order. When
    /// GWS made it is in `gws-generated-at`.
    let at: Int64

    /// Who gave what the event says its meaning: of notifications GWS, of the agent's session the bridge, which has no
    /// domain.
    enum Kind {
        case notification(RoutingKey.Kind, String)
        case session(SessionMessage.Kind)
    }

    static let prefix = "cloudEvents_"
    static let version = "1.0"
    static let sources = "/gws-bridge/agents/"
    static let notifications = "com.genesys.gws"
    static let sessions = "gws-bridge.session"

    func add(to headers: inout FieldTable) {
        func set(_ name: String, _ text: String?) {
            headers[Self.prefix + name] = text.map(FieldValue.string)
        }
        set("specversion", Self.version)
        set("id", id)
        set("source", Self.sources + RoutingKey.encode(agent))
        set("type", typeName)
        set("subject", subject.flatMap { $0.mayBeAnAttribute ? $0 : nil })
        set("time", Timestamp(at).text)
    }

    private var typeName: String {
        switch type {
        case .session(let kind): return "\(Self.sessions).\(kind.rawValue)"
        case .notification(let kind, let what):
            // GWS's words are plain; whatever comes, no header gets too long for it.
            let word = RoutingKey.encode(what)
            let isFitting = !word.isEmpty && word.utf8.count <= RoutingKey.longest
            return "\(Self.notifications).\(kind.rawValue).\(isFitting ? word : "-")"
        }
    }
}

extension String {
    /// Whether CloudEvents lets it be one, and it is of a sensible length. An id that is not is in its own header alone.
    fileprivate var mayBeAnAttribute: Bool {
        !isEmpty && utf8.count <= RoutingKey.longest
            && unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control && !$0.properties.isNoncharacterCodePoint
            }
    }
}
