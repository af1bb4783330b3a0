/// Why GWS says no, and with which HTTP status and `statusCode`.
///
/// The one table of these pairs. *Seen* marks what the real server was seen or documented to answer; the others
/// are chosen from the meaning of the code, because neither documentation nor traffic shows them.
package enum Refusal: Error, Hashable, Sendable {
    case notAuthenticated
    case badCSRFToken
    case notJSON
    case missing(String)
    case invalid(String)
    case unknownOperation(String)
    case notAllowed(operation: String, state: CallModel.State)
    /// Not among the capabilities of a device, or its agent is logged out.
    case notAllowedNow(String)
    case featureMissing(String)
    case noSuchCall(String)
    case noSuchDevice(String)
    case noSuchResource(String)
    case tooLarge
    case userDataTooLarge
    case deviceNotRegistered(String)
    case voiceServiceUnavailable
    case interactionServerUnavailable

    package var httpStatus: Int { row.http }
    package var statusCode: Int { row.code }
    package var statusMessage: String { row.message }

    private var row: (http: Int, code: Int, message: String) {
        switch self {
        // Seen.
        case .notAuthenticated: (403, 20, "Access denied")
        // Seen; the body is this text, not JSON.
        case .badCSRFToken: (403, 0, "Missing or invalid Csrf token")
        // Seen: the switch does not know the number.
        case .deviceNotRegistered(let number): (500, 4, "Device '\(number)' is not registered.")
        // Seen: no connection to the switch.
        case .voiceServiceUnavailable: (503, 4, "Voice service is not available at this time")
        // Seen within a partial success; the HTTP status of it alone is chosen.
        case .interactionServerUnavailable: (500, 4, "Interaction server connection is not opened")
        // Chosen: 1 is "required parameter missing".
        case .missing(let name): (400, 1, "Required parameter '\(name)' is missing")
        // Chosen: 2 is "parameter not valid for the current state", of which a wrong kind is the simplest case.
        case .invalid(let name): (400, 2, "Parameter '\(name)' is not valid")
        // Chosen: 10 is "input validation error".
        case .notJSON: (400, 10, "The request body is not valid JSON")
        case .tooLarge: (413, 10, "The request body is too large")
        // Chosen, as is the limit: a switch's messages have one too.
        case .userDataTooLarge: (400, 10, "The user data of the call would be too large")
        // Chosen: 2 is "parameter not valid", and the name is one.
        case .unknownOperation(let name): (400, 2, "Operation '\(name)' is not known")
        // Chosen: 3 is "operation forbidden". 2, "not valid for the current state", would be as good a reading.
        case .notAllowed(let operation, let state):
            (403, 3, "Operation '\(operation)' is not allowed in state '\(state.rawValue)'")
        case .notAllowedNow(let operation): (403, 3, "Operation '\(operation)' is not allowed now")
        // Chosen: 5 is "user lacks permission".
        case .featureMissing(let feature): (403, 5, "Feature '\(feature)' is not assigned")
        // Chosen: 6 is "resource not found".
        case .noSuchCall(let id): (404, 6, "Call '\(id)' was not found")
        case .noSuchDevice(let id): (404, 6, "Device '\(id)' was not found")
        case .noSuchResource(let path): (404, 6, "Resource '\(path)' was not found")
        }
    }
}
