/// A thing that happened: what became of a command, or something else that is worth a line.
struct ScreenNote: Sendable, Hashable {
    /// Of the command.
    let commandID: String?
    private(set) var line: ScreenLine
    /// What goes onto a line of its own where both are too long for one.
    private(set) var explanation: String?
    private let title: String
    /// Nil where it is none of ours.
    private let command: CommandMessage?
    private var isFinal = false
    /// Whether GWS took it, and what comes of it is still to be told.
    private var isAccepted = false
    private var deadline: ContinuousClock.Instant?

    init(_ text: String, _ colour: Terminal.Colour) {
        commandID = nil
        command = nil
        title = ""
        line = ScreenLine(text, colour)
    }

    /// A command that is on its way.
    init(sent command: CommandMessage, id: String, title: String, deadline: ContinuousClock.Instant) {
        commandID = id
        self.command = command
        self.title = title
        self.deadline = deadline
        line = ScreenLine("\(title): ")
        line.add("sent", .grey)
    }

    /// What became of a command that somebody else sent.
    init(foreign reply: ReplyLine, id: String, title: String) {
        commandID = id
        command = nil
        self.title = title
        line = ScreenLine()
        show(reply, remark: "not from here")
    }

    /// The interim outcome may come after the final one, and each twice: as the reply, and among the outcomes.
    mutating func take(_ reply: ReplyLine, at now: ContinuousClock.Instant, limit: Duration) {
        guard !isFinal else { return }
        show(reply, remark: nil)
        isAccepted = !reply.isFinal
        deadline = reply.isFinal ? nil : now + limit
    }

    func isUnderWay(_ operation: String, call: String) -> Bool {
        deadline != nil && command?.operation == operation && command?.call == call
    }

    mutating func fail(_ reason: String) {
        guard !isFinal else { return }
        show("not sent", .red, reason)
        deadline = nil
    }

    mutating func tick(at now: ContinuousClock.Instant, limit: Duration) {
        guard let deadline, now >= deadline else { return }
        self.deadline = nil
        guard !isAccepted else {
            show(
                "accepted, no final outcome within \(ConfigurationValue.text(limit))", .yellow,
                "what came of it shows in the events")
            return
        }
        show(
            "no reply within \(ConfigurationValue.text(limit))", .yellow,
            "what GWS has not got by now, it will not get any more; is the bridge running?")
    }

    private mutating func show(_ reply: ReplyLine, remark: String?) {
        isFinal = reply.isFinal
        let circumstances = [reply.circumstances, remark ?? ""].filter { !$0.isEmpty }.joined(separator: ", ")
        show(reply.outcome.bounded(to: 40), reply.verdict.colour, reply.explanation, circumstances)
    }

    private mutating func show(
        _ outcome: String, _ colour: Terminal.Colour, _ explanation: String?, _ circumstances: String = ""
    ) {
        line = ScreenLine("\(title): ")
        line.add(outcome, colour)
        if !circumstances.isEmpty { line.add(" (\(circumstances.bounded(to: 100)))", .grey) }
        self.explanation = explanation?.bounded(to: 500)
    }
}
