import Bridge

extension CallScreen {
    /// At most `height` lines, none wider than `width` columns.
    func lines(width: Int, height: Int, at now: ContinuousClock.Instant) -> [ScreenLine] {
        let head = [title(width), interruption].compactMap { $0 }
        let foot = prompt
        let room = max(0, height - head.count - foot.count)
        let body =
            if case .agents(let typed, let chosen) = mode {
                agentLines(typed, chosen, room)
            } else {
                callLines(width, room, now)
            }
        let filling = max(0, room - body.count)
        let lines = head + body.prefix(room) + Array(repeating: ScreenLine(), count: filling) + foot
        return lines.suffix(max(0, height)).map { $0.clipped(to: width) }
    }

    // MARK: - Head and foot

    private func title(_ width: Int) -> ScreenLine {
        var line = ScreenLine("gws-bridge call", .bold)
        if let agent {
            line.add("  agent ")
            line.add(agent.bounded(to: 40), .bold)
            let devices = agents[agent]?.devices.map(\.text).joined(separator: " | ") ?? ""
            if !devices.isEmpty { line.add("  \(devices)", .cyan) }
        }
        let (text, colour): (String, Terminal.Colour) =
            switch connection {
            case .connecting: ("connecting", .grey)
            case .connected: ("connected", .green)
            case .interrupted: ("NOT CONNECTED", .red)
            }
        line = line.clipped(to: max(0, width - text.columns - 1))
        line.pad(to: width - text.columns)
        line.add(text, colour)
        return line
    }

    private var interruption: ScreenLine? {
        guard case .interrupted(let reason) = connection else { return nil }
        return ScreenLine("\(reason); trying again", .red)
    }

    private var prompt: [ScreenLine] {
        switch mode {
        case .agents(let typed, _):
            return [
                ScreenLine(
                    "Type a name, or arrows; Enter takes it"
                        + (agent == nil ? ", q leaves" : ", Esc goes back"), .grey),
                typing("Agent: ", typed),
            ]
        case .calls:
            let keys = "1-9 arrows: call   letter: operation   : any operation   @ agent   q leaves"
            return [hint.map { ScreenLine($0, .yellow) } ?? ScreenLine(keys, .grey)]
        case .form(let form, let typed):
            let problem = form.problem.map { ScreenLine($0, .red) }
            return [
                problem ?? ScreenLine("\(form.operation): Enter goes on, Esc cancels", .grey),
                typing("\(form.question): ", typed),
            ]
        case .line(let typed, let problem):
            return [problem.map { ScreenLine($0, .red) } ?? suggestion(for: typed), typing(": ", typed)]
        }
    }

    private func suggestion(for typed: String) -> ScreenLine {
        let names = typed.isEmpty ? [] : Self.suggestions(for: typed)
        guard names.isEmpty else { return ScreenLine(names.joined(separator: " "), .cyan) }
        return ScreenLine(
            "Operation NAME=VALUE ..., like Ready or Dial destination=5002; Tab completes", .grey)
    }

    /// The end of what is typed must be seen, whatever its length.
    private func typing(_ question: String, _ typed: String) -> ScreenLine {
        var line = ScreenLine(question, .bold)
        let end = typed.suffix(40)
        line.add((end.count < typed.count ? "…" : "") + end + "_")
        return line
    }

    // MARK: - Agents

    private func agentLines(_ typed: String, _ chosen: Int, _ room: Int) -> [ScreenLine] {
        let names = agentNames(matching: typed)
        guard !names.isEmpty else {
            return [
                ScreenLine("No agent was heard of yet: each appears with its first event."),
                ScreenLine("To wait for one, type its name and press Enter."),
            ]
        }
        let shown = Self.window(of: names.count, around: chosen, size: room - 1)
        return [ScreenLine("  Agent", .grey)]
            + shown.map { index in
                let heard = agents[names[index]]
                var line = ScreenLine(index == chosen ? "> " : "  ", .bold)
                line.add(names[index].bounded(to: 60), index == chosen ? .bold : nil)
                line.pad(to: 30)
                line.add(
                    heard.map { $0.calls.count == 1 ? "1 call" : "\($0.calls.count) calls" }
                        ?? "nothing heard of it yet", .grey)
                if let device = heard?.devices.first { line.add("  \(device.text)", .cyan) }
                return line
            }
    }

    // MARK: - Calls

    private func callLines(_ width: Int, _ room: Int, _ now: ContinuousClock.Instant) -> [ScreenLine] {
        let details = detailLines
        let keys = keyLines(width)
        let notes = noteLines(width)
        // The calls and the keys first; of the notes the latest, as many as there is room for.
        let others = agent.flatMap { agents[$0]?.others.count } ?? 0
        let taken = details.count + keys.count + min(notes.count, 4) + (others > 0 ? 1 : 0)
        let forCalls = min(calls.count, max(1, room - taken - 3))
        var lines = [heading(width)]
        if calls.isEmpty {
            lines.append(
                ScreenLine(
                    "  No call of \(agent?.bounded(to: 40) ?? "") was heard of: each appears with its next event."
                ))
        }
        let position = calls.firstIndex { $0.id == selected } ?? 0
        for index in Self.window(of: calls.count, around: position, size: forCalls) {
            lines.append(row(index, width, now))
        }
        if others > 0 { lines.append(ScreenLine("  \(others) more call\(others == 1 ? "" : "s")", .yellow)) }
        lines += details + keys
        let left = room - lines.count - 1
        guard left > 0, !notes.isEmpty else { return lines }
        return lines + [ScreenLine()] + notes.suffix(left)
    }

    private func heading(_ width: Int) -> ScreenLine {
        row(width, "  #", "State", "With", "Time", "Recording", "Last", .grey, marker: nil)
    }

    private func row(_ index: Int, _ width: Int, _ now: ContinuousClock.Instant) -> ScreenLine {
        let call = calls[index]
        let isSelected = call.id == selected
        let with = call.participants.prefix(8).joined(separator: ", ")
        return row(
            width, (isSelected ? "> " : "  ") + "\(index + 1)",
            (call.releasedAt == nil ? call.state : "Released") + (call.isSure ? "" : "?"),
            with.isEmpty ? (call.dialled ?? "-") : with, Self.clock(call.duration(at: now)),
            [call.recording, call.isMuted ? "muted" : nil].compactMap { $0 }.joined(separator: " "),
            call.notification, call.releasedAt != nil ? .grey : nil, marker: isSelected ? .bold : nil)
    }

    /// 80 columns hold it; what the terminal has more goes to the parties.
    private func row(
        _ width: Int, _ number: String, _ state: String, _ with: String, _ time: String, _ recording: String,
        _ last: String, _ colour: Terminal.Colour?, marker: Terminal.Colour?
    ) -> ScreenLine {
        let more = max(0, min(width - 80, 100))
        let columns = [
            (number, 5), (state, 19), (with, 38 + more), (time, 46 + more), (recording, 63 + more),
        ]
        var line = ScreenLine()
        for (position, column) in columns.enumerated() {
            let left = column.1 - (position == 0 ? 0 : columns[position - 1].1) - 1
            line.add(column.0.printable.clipped(to: left), colour ?? (position < 2 ? marker : nil))
            line.pad(to: column.1)
        }
        line.add(last, colour ?? .grey)
        return line
    }

    private var detailLines: [ScreenLine] {
        guard let call else { return [] }
        let texts = [
            call.type, call.dialled.map { "dialled \($0)" },
            call.isSure ? nil : "may be over: Backspace forgets it", "id \(call.id.bounded(to: 60))",
        ]
        var lines = [ScreenLine(), ScreenLine("  " + texts.compactMap { $0 }.joined(separator: ", "), .grey)]
        if !call.userData.isEmpty { lines.append(ScreenLine("  \(call.userData)", .grey)) }
        return lines
    }

    private func keyLines(_ width: Int) -> [ScreenLine] {
        guard let call, call.releasedAt == nil, !call.capabilities.isEmpty else { return [] }
        var lines = [ScreenLine("  ")]
        // Each stands where it stood, whatever order they come in.
        let names = letters.operations.filter(call.capabilities.contains)
        for name in names + call.capabilities.filter({ letters[$0] == nil }) {
            let key = letters[name].map(String.init) ?? ":"
            let columns = key.columns + 1 + name.printable.columns + 2
            if lines[lines.count - 1].columns + columns > width, lines[lines.count - 1].columns > 2 {
                lines.append(ScreenLine("  "))
            }
            lines[lines.count - 1].add(key, .cyan)
            lines[lines.count - 1].add(" \(name)  ")
        }
        return lines
    }

    private func noteLines(_ width: Int) -> [ScreenLine] {
        notes.flatMap { note in
            guard let explanation = note.explanation else { return [note.line] }
            var line = note.line
            line.add(" - \(explanation)")
            return line.columns <= width ? [line] : [note.line, ScreenLine("    \(explanation)")]
        }
    }

    // MARK: - Measures

    /// Which of so many lines are shown where there is room for `size`.
    static func window(of count: Int, around position: Int, size: Int) -> Range<Int> {
        guard count > 0, size > 0 else { return 0..<0 }
        let start = min(max(0, position - size / 2), max(0, count - size))
        return start..<min(count, start + size)
    }

    static func clock(_ seconds: Int) -> String {
        let twoDigits = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        let minutes = "\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
        return seconds < 3600 ? minutes : "\(seconds / 3600):\(minutes)"
    }
}
