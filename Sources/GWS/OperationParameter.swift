public import RawJSON

/// A parameter of an operation: its name in the operation object, and what its value must be.
public struct OperationParameter: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Not empty.
        case string
        /// One or more of 0 to 9.
        case digits
        case oneOf([String])
        /// `http://…` or `https://…`
        case uri
        /// With whatever members.
        case object
        /// Where a call is to go: `{"phoneNumber":"5002"}`.
        case destination
        /// At least one, none of them empty.
        case strings
    }

    public let name: String
    public let kind: Kind
    public let isRequired: Bool
    /// For a parameter that is the URI of a call: the member by which a command may give the call's id in its place.
    public let idName: String?
    /// A value as documentation shows it, JSON.
    public let example: String

    private init(_ name: String, _ kind: Kind, isRequired: Bool, idName: String? = nil, like text: String?) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.idName = idName
        example = text.map { "\"\($0)\"" } ?? kind.example
    }

    /// - Parameter text: An example of a value that is a string; nil where that of the kind will do.
    public static func required(_ name: String, _ kind: Kind, like text: String? = nil) -> OperationParameter
    {
        OperationParameter(name, kind, isRequired: true, like: text)
    }

    public static func optional(_ name: String, _ kind: Kind, like text: String? = nil) -> OperationParameter
    {
        OperationParameter(name, kind, isRequired: false, like: text)
    }

    /// The URI of a call, or its id under a name of the bridge's own.
    public static func call(_ name: String, orID idName: String, isRequired: Bool) -> OperationParameter {
        OperationParameter(
            name, .uri, isRequired: isRequired, idName: idName,
            like: "https://gws.example/api/v2/me/calls/00RV9H7S6O8V3BSHAG7GK2LAES00002N")
    }
}

extension OperationParameter.Kind {
    fileprivate var example: String {
        switch self {
        case .string: #""text""#
        case .digits: #""4711""#
        case .oneOf(let allowed): "\"\(allowed[0])\""
        case .uri: #""https://gws.example/api/v2""#
        case .object: #"{"AccountNumber":"4711"}"#
        case .destination: #"{"phoneNumber":"5002"}"#
        case .strings: #"["voice"]"#
        }
    }
}

extension OperationParameter {
    /// What is wrong with a value.
    public struct Mistake: Sendable, Hashable {
        /// A JSON pointer into the operation object.
        public let field: String
        /// A sentence.
        public let detail: String
    }

    /// - Returns: nil if the value is right.
    public func mistake(in value: RawJSON) -> Mistake? {
        func mistake(_ expectation: String, field: String? = nil) -> Mistake {
            let field = field ?? name
            return Mistake(field: "/\(field)", detail: "\(field) must be \(expectation).")
        }
        switch kind {
        case .string:
            return value.string?.isEmpty == false ? nil : mistake("a string and not empty")
        case .digits:
            let isRight = value.string.map { !$0.isEmpty && $0.utf8.allSatisfy(Self.isDigit) } ?? false
            return isRight ? nil : mistake("a string of one or more of the digits 0 to 9")
        case .oneOf(let allowed):
            return value.string.map(allowed.contains) == true
                ? nil : mistake("one of " + allowed.map { "\"\($0)\"" }.joined(separator: ", "))
        case .uri:
            return value.string.map(Self.isURI) == true
                ? nil : mistake("a URI that begins with http:// or https://")
        case .object:
            return value.kind == .object ? nil : mistake("an object")
        case .destination:
            guard value.kind == .object else { return mistake(#"an object like {"phoneNumber":"5002"}"#) }
            return value["phoneNumber"]?.string?.isEmpty == false
                ? nil : mistake("a string and not empty", field: name + "/phoneNumber")
        case .strings:
            let isRight =
                value.kind == .array && value.elements.contains { _ in true }
                && value.elements.allSatisfy { $0.string?.isEmpty == false }
            return isRight ? nil : mistake("an array of one or more strings, none of them empty")
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isURI(_ text: String) -> Bool {
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
            return text.utf8.count > scheme.utf8.count && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        }
        return false
    }
}
