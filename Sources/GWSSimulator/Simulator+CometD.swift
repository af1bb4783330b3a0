/// A connect that is being held, and the means to end it.
struct HeldPoll: Sendable {
    enum End: Sendable {
        case news, timeout
        /// A newer connect of the same session came.
        case superseded
        /// The session is gone: it said goodbye, or it was forgotten.
        case left, forgotten
        case cut, cutInTheMiddle
        case stopping
    }

    let number: Int
    let browser: String
    let continuation: CheckedContinuation<End, Never>
}

extension Simulator {
    /// A request to the CometD endpoint, from somebody who is logged in.
    func converse(_ request: Received, _ session: HTTPSessions.Session) async -> Answer {
        guard let agent = agents[session.agent] else { return .refusal(.notAuthenticated) }
        guard request.method == "POST", request.contentType?.contains("json") ?? false else {
            return .text("<h1>Unknown Bayeux Transport</h1>", status: 400, contentType: "text/html")
        }
        guard let body = try? JSON(parsing: request.body) else { return .empty(status: 400) }
        let turn: CometD.Turn
        do {
            turn = try cometD.handle(body, from: agent, browser: request.cookies["BAYEUX_BROWSER"], now: .now)
        } catch {
            return .empty(status: error == .handshakeInBatch ? 500 : 400)
        }
        for client in turn.superseding { wake(client, .superseded) }
        for client in turn.left {
            forget(client)
            wake(client, .left)
        }

        var answer = Answer()
        var messages = turn.messages
        var replies = turn.replies
        if let connect = turn.connect {
            let (finished, end) = await hold(connect)
            if end == .superseded { return .empty(status: 500) }
            if end == .cut {
                cometD.abandonConnect(finished, now: .now)
                return .cut
            }
            if end == .cutInTheMiddle { answer.ending = .cutInTheMiddle }
            let last = cometD.finishConnect(finished, now: .now)
            messages += last.messages
            replies.append(last.reply)
        }
        if let browser = turn.newBrowser {
            answer.headers.append(("Set-Cookie", "BAYEUX_BROWSER=\(browser);Path=/;HttpOnly"))
        }
        answer.body = Array("[\((messages + replies.map(\.serialized)).joined(separator: ","))]".utf8)
        return answer
    }

    /// Waits until the connect has something to say, and returns it with what it may have been advised meanwhile.
    private func hold(_ connect: CometD.Connect) async -> (CometD.Connect, HeldPoll.End) {
        wake(connect.clientID, .superseded)
        guard connect.hold > .zero, let session = cometD.sessions[connect.clientID] else {
            return (connect, .news)
        }
        if cometD.isBrowserBusy(session.browser) {
            return (cometD.answeringSharedBrowser(connect), .news)
        }
        pollCount += 1
        let number = pollCount
        let clientID = connect.clientID
        cometD.beginHolding(clientID)
        journal.held(by: session.agent)
        let end = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Cancelled when the poll has ended, or with the whole simulator: either way it is over.
                try? await Task.sleep(for: connect.hold)
                await self.wake(clientID, .timeout, number: number)
            }
            let end = await withCheckedContinuation { continuation in
                heldPolls[clientID] = HeldPoll(
                    number: number, browser: session.browser, continuation: continuation)
            }
            group.cancelAll()
            return end
        }
        var connect = connect
        if end == .left { connect.advice = ["reconnect": "none"] }
        return (connect, end)
    }

    /// Ends the session's held connect, if there is one (and it is that one).
    func wake(_ clientID: String, _ end: HeldPoll.End, number: Int? = nil) {
        guard let poll = heldPolls[clientID], number == nil || poll.number == number else { return }
        heldPolls[clientID] = nil
        cometD.endHolding(browser: poll.browser)
        poll.continuation.resume(returning: end)
    }

    func releaseAllPolls(_ end: HeldPoll.End) {
        for clientID in Array(heldPolls.keys) { wake(clientID, end) }
    }
}
