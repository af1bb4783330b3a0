extension JSON {
    /// What an operation's body asks for.
    func operationName() throws(Refusal) -> String {
        guard let member = self["operationName"] else { throw .missing("operationName") }
        guard let name = member.string else { throw .invalid("operationName") }
        return name
    }
}
