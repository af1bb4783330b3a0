extension Simulator {
    /// The rows about agents, their devices and what serves them; nil if it is none of these.
    func controlAgents(_ request: Received, _ segments: [String], _ control: Control) throws -> Answer? {
        guard request.method == "POST", segments.count == 1 else { return nil }
        switch segments[0] {
        case "agents": add(try SimulatorConfiguration.Agent(control))
        case "device":
            guard let operation = control.body["operation"] else { throw Control.Missing(name: "operation") }
            try operateDevice(
                operation.serialized, of: try control.needed("agent"), number: control.body["number"]?.string)
        case "features":
            guard let missing = control.body["missing"] else { throw Control.Missing(name: "missing") }
            try setMissingFeatures(
                Set(missing.elements.compactMap(\.string)), of: try control.needed("agent"))
        case "passwords":
            try changePassword(of: try control.needed("agent"), to: try control.needed("password"))
        case "services":
            try setService(
                try control.needed("type"), isActive: try control.needed("state") == "Active")
        case "errors":
            try tellError(
                control.body["message"]?.string, to: try control.needed("agent"),
                call: control.body["callId"]?.string)
        default: return nil
        }
        return .done
    }
}

extension SimulatorConfiguration.Agent {
    fileprivate init(_ control: Control) throws {
        self.init(try control.needed("name"), password: try control.needed("password"))
        numbers = control.body["numbers"]?.elements.compactMap(\.string) ?? []
        isInPublicNetwork = control.flag("publicNetwork", else: false)
        isLoggedIn = control.flag("loggedIn", else: true)
        missingFeatures = Set(control.body["missingFeatures"]?.elements.compactMap(\.string) ?? [])
    }
}
