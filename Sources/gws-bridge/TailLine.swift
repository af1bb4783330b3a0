import AMQP
import Bridge
import Foundation
import RawJSON

/// A message of `gws.events` or `gws.outcomes` as one line: for people, or as JSON for programs.
struct TailLine: Sendable {
    let exchange: String
    let routingKey: String
    let properties: Properties
    let body: [UInt8]

    init(_ message: AMQPMessage) {
        exchange = message.exchange
        routingKey = message.routingKey
        properties = message.properties
        body = message.body
    }

    // MARK: - For people

    /// - Parameters:
    ///   - now: for what does not say when it came.
    ///   - isReplayed: from a stream, where the day matters, too.
    func text(
        on terminal: Terminal, now: Date = .now, timeZone: TimeZone = .current, isReplayed: Bool = false
    ) -> String {
        let milliseconds =
            properties.headers["gws-received-at"]?.int ?? Int64(now.timeIntervalSince1970 * 1000)
        let day = isReplayed ? Self.day(milliseconds, in: timeZone) + " " : ""
        let time = terminal.paint(day + Self.clock(milliseconds, in: timeZone), .grey)
        if let outcome = ReplyLine(body: body), header("gws-message-type") == nil {
            return "\(time) \(terminal.paint("outcome", .magenta)) \(outcome.text(on: terminal))"
        }
        let parts = [
            time, terminal.paint("event  ", .cyan), routingKey.printable, states(on: terminal),
            note(on: terminal),
        ]
        return parts.compactMap { $0 }.joined(separator: " ")
    }

    /// What the call and its recording are now.
    private func states(on terminal: Terminal) -> String? {
        let states = [
            header("gws-call-state").map { terminal.paint($0, .bold) },
            header("gws-recording-state").map { "recording \(terminal.paint($0, .bold))" },
        ]
        .compactMap { $0 }
        return states.isEmpty ? nil : states.joined(separator: ", ")
    }

    private func note(on terminal: Terminal) -> String? {
        var parts = [
            header("gws-agent").map { "agent \($0)" },
            properties.headers["gws-sequence"]?.int.map { "no. \($0)" },
            header("gws-origin") == "resync" ? "read again" : nil,
            properties.headers["gws-inferred"]?.bool == true ? "inferred" : nil,
            header("gws-caused-by").map { "caused by \($0)" },
        ]
        .compactMap { $0 }
        // A message that is none of ours still has a body to look at.
        if parts.isEmpty { parts = [String(decoding: body.prefix(200), as: UTF8.self).printable] }
        if let offset = properties.headers["x-stream-offset"]?.int { parts.insert("offset \(offset)", at: 0) }
        return terminal.paint("(\(parts.joined(separator: ", ")))", .grey)
    }

    private func header(_ name: String) -> String? { properties.headers[name]?.string?.printable }

    private static func day(_ milliseconds: Int64, in timeZone: TimeZone) -> String {
        Date(timeIntervalSince1970: Double(milliseconds / 1000))
            .formatted(Date.ISO8601FormatStyle(timeZone: timeZone).year().month().day())
    }

    private static func clock(_ milliseconds: Int64, in timeZone: TimeZone) -> String {
        let shifted =
            milliseconds / 1000
            + Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(milliseconds / 1000))))
        let day = ((shifted % 86_400) + 86_400) % 86_400
        return [day / 3600, day / 60 % 60, day % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(
            separator: ":")
            + ".\(String(1000 + abs(milliseconds % 1000)).dropFirst())"
    }

    // MARK: - For programs

    /// `{exchange, routingKey, headers, properties, body}`. A body that is JSON stands as it came.
    var json: String { JSON.object(members) }

    var members: [(String, String)] {
        [
            ("exchange", JSON.quote(exchange)),
            ("routingKey", JSON.quote(routingKey)),
            ("headers", JSON.table(properties.headers)),
            ("properties", JSON.properties(properties)),
            Self.body(body),
        ]
    }

    private static func body(_ body: [UInt8]) -> (String, String) {
        if let value = try? RawJSON(body, limits: .init(allowsDuplicateKeys: true)) {
            // Line ends in JSON can only stand between its tokens: a blank says the same, and keeps it one line.
            let oneLine = value.bytes.map {
                $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0
            }
            return ("body", String(decoding: oneLine, as: UTF8.self))
        }
        if let text = String(validating: body, as: UTF8.self) { return ("body", JSON.quote(text)) }
        return ("bodyBase64", JSON.quote(Data(body).base64EncodedString()))
    }
}
