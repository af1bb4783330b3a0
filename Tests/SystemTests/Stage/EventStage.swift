import AMQP
import GWSSimulator
import Logging
import NIOConcurrencyHelpers
import TestSupport
import Testing

/// A bridge as a process under a load of events, with links to its neighbours that can freeze, and somebody who hears
/// everything from the first event on.
struct EventStage: Sendable {
    let prefix: String
    let node: PrivateBroker
    let simulator: Simulator
    let bridge: BridgeProcess
    let listener: EventListener
    let campaign: EventCampaign
    /// Between the bridge and the broker, where it was asked for.
    let brokerLink: FrozenLink
    /// Between the bridge and GWS, where it was asked for.
    let serverLink: FrozenLink

    enum Link { case broker, server }

    /// - Parameters:
    ///   - links: which of its neighbours the bridge has by a link that can freeze.
    ///   - acknowledges: whether GWS grants the acknowledgement extension.
    ///   - hold: how long GWS holds a poll.
    ///   - settings: by their keys, `amqp.heartbeat`.
    static func run(
        on node: PrivateBroker? = nil, links: Set<Link> = [],
        acknowledges: Bool = false, hold: Duration = .seconds(30),
        settings: [String: String] = [:], _ body: @Sendable (EventStage) async throws -> Void
    ) async throws {
        let node = if let node { node } else { try await PrivateBroker.shared }
        var site = SimulatorConfiguration(agents: EventCampaign.agents.map { .init($0, password: $0) })
        // All that is told is compared.
        site.journalLimit = 1_000_000
        site.journalByteLimit = 1 << 30
        site.acknowledges = acknowledges
        site.hold = hold
        let seed = UInt64.random(in: 0 ... .max)
        try await StageDoor.shared.inside {
            try await withSimulator(site) { simulator, url in
                let prefix = uniqueName("gws")
                let directory = try TemporaryDirectory()
                let agents = site.agents.map {
                    "  - {name: \"\($0.name)\", password-env: PASSWORD_\($0.name)}\n"
                }
                let brokerLink = try FrozenLink(to: node.port)
                let serverPort = Int(url.split(separator: ":").last ?? "") ?? 0
                let serverLink = try FrozenLink(to: serverPort)
                var own = [
                    "prefix": prefix, "amqp.url": node.url, "gws.url": url,
                    "agents-file": try directory.write("agents:\n" + agents.joined(), to: "agents.yaml"),
                    "store.directory": "\(directory.path)/store", "console.port": "\(try FreePort.next())",
                    "log.level": "warning", "gws.login-rate": "1000",
                ]
                if links.contains(.broker) {
                    own["amqp.url"] = "amqp://guest:guest@127.0.0.1:\(brokerLink.port)"
                }
                if links.contains(.server) { own["gws.url"] = "http://127.0.0.1:\(serverLink.port)" }
                let passwords = site.agents.map { ("PASSWORD_\($0.name)", $0.password) }
                let stage = EventStage(
                    prefix: prefix, node: node, simulator: simulator,
                    bridge: BridgeProcess(
                        own.merging(settings) { $1 }, environment: Dictionary(uniqueKeysWithValues: passwords)
                    ),
                    listener: EventListener(), campaign: EventCampaign(simulator, seed: seed),
                    brokerLink: brokerLink, serverLink: serverLink)
                do {
                    try await stage.play(body)
                } catch {
                    Issue.record("with the seed \(seed)")
                    throw error
                }
                withExtendedLifetime(directory) {}
            }
        }
    }

    private func play(_ body: @Sendable (EventStage) async throws -> Void) async throws {
        let broker = node.broker()
        // There before the bridge, so that the first event is heard.
        try await AMQPConnection.withConnection(to: broker, name: "stage", logger: .silent) {
            try await $0.declare(Exchange(name: "\(prefix).events", kind: .topic))
        }
        let client = Client(prefix: prefix, broker: broker, hearing: ["events"]) { [listener] delivery in
            listener.take(delivery.message)
            return true
        }
        try await withThrowingTaskGroup { clients in
            clients.addTask { try await client.run() }
            try await client.whenListening()
            try await campaign.begin()
            try bridge.start()
            try await bridge.whenReady()
            try await body(self)
            let ended = try await bridge.stop()
            #expect(ended?.code == 0, "\(ended?.error ?? "")")
            clients.cancelAll()
        }
        try await client.tidyUp()
    }

    // MARK: - What is to be so in the end

    /// Sees that in the end a consumer knows how each call stands, and that nothing is missing that no gap names.
    ///
    /// - Parameters:
    ///   - gaps: how many there were, by reason; not looked at if nil.
    ///   - makesUp: whether something was missed after the start, and read.
    ///   - mayGiveUp: whether an epoch may end before its gap was made up for.
    @discardableResult
    func checkThatNothingIsSilentlyMissing(
        gaps: [String: Int]? = nil, makesUp: Bool = false, mayGiveUp: Bool = false,
        within limit: Duration = .seconds(60),
        _ location: SourceLocation = #_sourceLocation
    ) async throws -> EventAudit {
        try await campaign.mark()
        let truth = try await campaign.calls()
        var heard = -1
        do {
            try await eventually(within: limit, "a consumer knows how each call stands") {
                defer { heard = listener.count }
                // Not for every event: it takes its time.
                guard heard == listener.count else { return false }
                return try listener.picture.differences(from: truth).isEmpty
            }
        } catch is NeverHappened {
            report(
                try listener.picture.differences(from: truth), "differences of what a consumer knows",
                location)
        }
        let audit = EventAudit(
            emitted: await simulator.notifications(), heard: listener.events, mayGiveUp: mayGiveUp)
        report(audit.complaints, "complaints", location)
        report(listener.illegible, "events not as the contract says", location)
        if let gaps { #expect(audit.gaps == gaps, sourceLocation: location) }
        #expect(audit.unheard == (await campaign.toldAtBegin), sourceLocation: location)
        if makesUp {
            #expect(audit.lost > 0, sourceLocation: location)
            #expect(audit.read > 0, sourceLocation: location)
        }
        return audit
    }

    /// Not by expecting it empty: that would print all of it.
    private func report(_ wrong: [String], _ what: String, _ location: SourceLocation) {
        guard !wrong.isEmpty else { return }
        Issue.record(
            "\(wrong.count) \(what): \(wrong.prefix(8).joined(separator: "; "))", sourceLocation: location)
    }

    // MARK: - What goes on meanwhile

    /// Lets something happen in the middle of the load.
    ///
    /// - Parameters:
    ///   - after: how long the load goes on then.
    ///   - heal: is done when the load is over: no later event makes up for what was missed by then.
    /// - Returns: how many events a second there were.
    @discardableResult
    func load(
        before: Duration = .seconds(3), after: Duration = .seconds(3),
        _ happening: @Sendable () async throws -> Void,
        healing heal: @Sendable () async throws -> Void = {}
    ) async throws -> Double {
        let rate = try await withThrowingTaskGroup(of: Double.self) { group in
            let isOver = NIOLockedValueBox(false)
            group.addTask { try await campaign.run { !isOver.withLockedValue(\.self) } }
            try await ContinuousClock().sleep(for: before)
            try await happening()
            try await ContinuousClock().sleep(for: after)
            isOver.withLockedValue { $0 = true }
            return try await group.reduce(0, +)
        }
        // Whatever goes on beside it, it is the load that was meant.
        #expect(rate > 0.8 * Double(EventCampaign.rate))
        try await heal()
        return rate
    }
}
