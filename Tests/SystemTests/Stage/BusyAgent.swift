import GWSSimulator

/// An agent with several calls, in which something happens all the time.
struct BusyAgent: Sendable {
    private struct Call: Sendable {
        enum State: Sendable { case ringing, talking, held }

        let id: String
        var state = State.ringing
        var recording = Recording.stopped
    }

    private enum Recording: Sendable { case stopped, going, paused }

    let name: String
    private var calls: [Call] = []
    /// Rings all the time, and nothing happens in it but marks: they say nothing of the other calls.
    private var markedCall: String?
    private var chance: Chance
    private var count = 0

    init(_ name: String, chance: Chance) {
        self.name = name
        self.chance = chance
    }

    /// The last that rings is not answered.
    mutating func begin(_ number: Int, at simulator: isolated Simulator) throws {
        for index in 0..<number {
            try ring(at: simulator)
            if index < number - 1 { try answer(index, at: simulator) }
        }
        markedCall = try simulator.ring(agent: name)
    }

    /// Lets things happen until GWS has told at least so much of it.
    mutating func play(_ wanted: Int, at simulator: isolated Simulator) throws {
        var told = 0
        while told < wanted {
            let before = simulator.notificationCount
            try playOnce(at: simulator)
            told += simulator.notificationCount - before
        }
    }

    /// The last thing that happens.
    mutating func mark(_ mark: String, at simulator: isolated Simulator) throws {
        guard let markedCall else { return }
        try simulator.update(call: markedCall, userData: #"{"mark":"\#(mark)"}"#)
    }

    /// All calls end but the last, and the one for marks.
    mutating func endCalls(at simulator: isolated Simulator) {
        for call in calls.dropLast() { simulator.end(call: call.id) }
        calls.removeFirst(calls.count - 1)
    }

    private mutating func playOnce(at simulator: isolated Simulator) throws {
        let index = Int.random(in: calls.indices, using: &chance)
        switch Int.random(in: 0..<20, using: &chance) {
        case 0:
            simulator.end(call: calls.remove(at: index).id)
            try ring(at: simulator)
        case 1...3:
            if let ringing = calls.firstIndex(where: { $0.state == .ringing }) {
                try answer(ringing, at: simulator)
            }
        case 4...6: try holdOrRetrieve(index, at: simulator)
        case 7...9: try record(index, at: simulator)
        default:
            count += 1
            try simulator.update(call: calls[index].id, userData: #"{"Step":"\#(name)-\#(count)"}"#)
        }
    }

    private mutating func ring(at simulator: isolated Simulator) throws {
        let data = #"{"PhoneNumber":"\#(name)","Segment":"private customers"}"#
        calls.append(Call(id: try simulator.ring(agent: name, userData: data)))
    }

    private mutating func answer(_ index: Int, at simulator: isolated Simulator) throws {
        try simulator.answer(call: calls[index].id, party: name)
        talk(in: index)
    }

    private mutating func holdOrRetrieve(_ index: Int, at simulator: isolated Simulator) throws {
        switch calls[index].state {
        case .ringing: break
        case .talking:
            try act("Hold", index, at: simulator)
            calls[index].state = .held
        case .held:
            try act("Retrieve", index, at: simulator)
            talk(in: index)
        }
    }

    private mutating func record(_ index: Int, at simulator: isolated Simulator) throws {
        guard calls[index].state != .ringing else { return }
        let wantsEnd = Bool.random(using: &chance)
        switch calls[index].recording {
        case .stopped:
            try act("StartCallRecording", index, at: simulator)
            calls[index].recording = .going
        case _ where wantsEnd:
            try act("StopCallRecording", index, at: simulator)
            calls[index].recording = .stopped
        case .going:
            try act("PauseCallRecording", index, at: simulator)
            calls[index].recording = .paused
        case .paused:
            try act("ResumeCallRecording", index, at: simulator)
            calls[index].recording = .going
        }
    }

    /// One at a time: the switch holds the others.
    private mutating func talk(in index: Int) {
        for other in calls.indices where calls[other].state == .talking { calls[other].state = .held }
        calls[index].state = .talking
    }

    private func act(_ operation: String, _ index: Int, at simulator: isolated Simulator) throws {
        try simulator.act(#"{"operationName":"\#(operation)"}"#, in: calls[index].id, party: name)
    }
}
