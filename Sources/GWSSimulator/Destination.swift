/// Whom an operation calls: `destination`, with the `userData` that goes with it. A `location` is the switch's, of which
/// there is one here.
package struct Destination: Sendable, Hashable {
    package let number: String
    package let userData: [JSON.Member]

    package init(_ number: String, userData: [JSON.Member] = []) {
        self.number = number
        self.userData = userData
    }

    /// Reads it from the body of an operation. A plain string for a destination is another operation's form.
    package init(body: JSON) throws(Refusal) {
        guard let destination = body["destination"] else { throw .missing("destination") }
        guard destination.isObject else { throw .invalid("destination") }
        guard let number = destination["phoneNumber"] else { throw .missing("destination.phoneNumber") }
        guard let text = number.string, !text.isEmpty else { throw .invalid("destination.phoneNumber") }
        if let location = body["location"], location.string == nil { throw .invalid("location") }
        if let data = body["userData"], !data.isObject { throw .invalid("userData") }
        self.init(text, userData: body["userData"]?.members ?? [])
    }
}
