import AMQP
import Foundation
import GWSSimulator
import NIOConcurrencyHelpers
import RawJSON
import TestSupport
import Testing

/// Every fault under steady traffic, one after the other: what became of each command and each event.
///
/// `Scripts/fault-matrix` runs all of it, and makes a table. Without it only a few are run, and briefly.
extension EnduranceTests {
    @Suite(.serialized)
    struct FaultMatrixTests {
        private static let environment = ProcessInfo.processInfo.environment
        private static let isWhole = MatrixRow.file != nil
        /// How long a fault lasts, and the traffic before it and after it.
        private static let seconds = environment["FAULT_MATRIX_SECONDS"].flatMap(Double.init) ?? 4
        private static let briefly: Set = [
            "link frozen", "one node of three killed", "kill -9, with a second one",
        ]

        private static var faults: [MatrixFault] {
            let wanted = environment["FAULT_MATRIX_ONLY"]
            return MatrixFault.all.filter { fault in
                guard isWhole else { return briefly.contains(fault.name) }
                return wanted.map { "\(fault.at): \(fault.name)".contains($0) } ?? true
            }
        }

        private static let broker = Task { try await PrivateBroker.start() }

        @Test(arguments: faults)
        func `nothing is lost, done twice or silently missing, whatever goes wrong`(fault: MatrixFault)
            async throws
        {
            let seed = UInt64.random(in: 0 ... .max)
            var (node, cluster): (PrivateBroker, PrivateCluster?) = (try await Self.broker.value, nil)
            if case .cluster = fault.site {
                cluster = try await PrivateCluster.start()
                node = cluster?.nodes[0] ?? node
            }
            try await MatrixStage.run(
                fault.site, on: node, cluster: cluster, load: MatrixStage.Load(), seed: seed
            ) { stage in
                let length = max(.seconds(Self.seconds), fault.atLeast)
                try await stage.observe(
                    "\(fault.at): \(fault.name)", MatrixStage.Load(),
                    traffic: length + .seconds(2 * Self.seconds)
                ) { clock in
                    try await clock.sleep(for: .seconds(Self.seconds))
                    try await fault.begin(stage)
                    try await clock.sleep(for: length)
                    try await fault.end(stage)
                    return (length, .now)
                }
            }
        }

        /// Faults at random, one after the other, for as long as `FAULT_MATRIX_SOAK` says, in seconds.
        @Test func `nothing is lost, done twice or silently missing, whatever goes wrong for long`()
            async throws
        {
            let limit = Duration.seconds(Self.environment["FAULT_MATRIX_SOAK"].flatMap(Double.init) ?? 40)
            let seed = Self.environment["FAULT_MATRIX_SEED"].flatMap(UInt64.init) ?? .random(in: 0 ... .max)
            print("soak with the seed \(seed)")
            let faults = MatrixFault.all.filter { if case .plain = $0.site { true } else { false } }
            var load = MatrixStage.Load()
            (load.commands, load.events) = (16, 50)
            let settled = load
            try await MatrixStage.run(
                .plain, on: try await Self.broker.value, cluster: nil, load: load, seed: seed
            ) { stage in
                var chance = Chance(seed: seed)
                let count = NIOLockedValueBox(0)
                let began = ContinuousClock.now
                let faultsTo = limit - .seconds(20)
                var row: MatrixRow?
                row = try await stage.observe(
                    "soak of \(Int(limit / .seconds(1))) s, seed \(seed)", settled, traffic: limit,
                    writes: false
                ) { clock in
                    while .now - began < faultsTo {
                        let fault = faults[Int.random(in: faults.indices, using: &chance)]
                        print("\(Int((.now - began) / .seconds(1))) s: \(fault.at): \(fault.name)")
                        try await fault.begin(stage)
                        try await clock.sleep(for: .milliseconds(.random(in: 500...12_000, using: &chance)))
                        try await fault.end(stage)
                        count.withLockedValue { $0 += 1 }
                        try await clock.sleep(for: .milliseconds(.random(in: 500...15_000, using: &chance)))
                    }
                    return (limit, .now)
                }
                row?.fault += ", \(count.withLockedValue(\.self)) faults"
                try row?.write()
            }
        }
    }
}

extension MatrixFault: CustomTestStringConvertible {
    var testDescription: String { "\(at): \(name)" }
}

extension MatrixStage {
    /// Holds what was told against what happened, and writes it down.
    ///
    /// - Parameters:
    ///   - traffic: how long it goes on.
    ///   - happening: what goes wrong meanwhile; tells how long that lasted and when it was over.
    @discardableResult
    func observe(
        _ name: String, _ load: Load, traffic: Duration, writes: Bool = true,
        _ happening: (ContinuousClock) async throws -> (length: Duration, end: ContinuousClock.Instant)
    ) async throws -> MatrixRow {
        let began = ContinuousClock.now
        let calls = try await scene.calls(10, of: Self.commandAgents)
        let campaign = Campaign(
            Int(traffic / .seconds(1)) * load.commands, over: calls, on: scene)
        let (hasHappened, isOver) = (NIOLockedValueBox(false), NIOLockedValueBox(false))
        let (length, end) = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await events.run { !isOver.withLockedValue(\.self) } }
            group.addTask {
                // Some are sent after it, however long it takes to end.
                try await campaign.send(pausing: .seconds(8) / load.commands) {
                    hasHappened.withLockedValue(\.self)
                }
                isOver.withLockedValue { $0 = true }
            }
            let result = try await happening(ContinuousClock())
            hasHappened.withLockedValue { $0 = true }
            try await bridge.checkThatItRuns()
            try await group.waitForAll()
            return result
        }
        let over = ContinuousClock.now
        try await campaign.whenAllEnded(within: .seconds(180))
        try await campaign.checkThatNothingIsLostOrDoneTwice(confirming: 0)
        try await campaign.checkOrder()
        try await events.mark()
        try await whenKnown()
        let row = try await row(name, campaign, length: length, traffic: began...over, end: end)
        if writes { try row.write() }
        #expect(row.meetsBar)
        return row
    }

    /// Returns when a consumer knows how each call stands.
    private func whenKnown() async throws {
        var truth: [String: [String]] = try await events.calls()
        for agent in Self.commandAgents { truth[agent] = try await simulator.calls(of: agent) }
        let known = truth
        do {
            try await eventually(within: .seconds(120), "a consumer knows how each call stands") {
                try listener.picture.differences(from: known).isEmpty
            }
        } catch is NeverHappened {
            let differences = try listener.picture.differences(from: known)
            Issue.record("\(differences.count) differences: \(differences.prefix(5))")
        }
    }

    private func row(
        _ name: String, _ campaign: Campaign, length: Duration,
        traffic span: ClosedRange<ContinuousClock.Instant>,
        end: ContinuousClock.Instant
    ) async throws -> MatrixRow {
        let audit = EventAudit(
            emitted: await simulator.notifications(), heard: listener.events, mayGiveUp: true,
            mayBeLate: isShared)
        for complaint in audit.complaints.prefix(8) { print("\(name): \(complaint)") }
        let finals = client.finals.all
        let done = try await campaign.executed().values.joined().reduce(into: [:]) { $0[$1, default: 0] += 1 }
        return MatrixRow(
            fault: name, seconds: length / .seconds(1),
            traffic: ((span.upperBound - span.lowerBound) / .seconds(1)).rounded(),
            commands: campaign.orders.count,
            outcomes: finals.values.joined().reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 },
            doneTwice: campaign.orders.count { !$0.isRepeatable && done[$0.id, default: 0] > 1 },
            lost: campaign.orders.count { finals[$0.id] == nil },
            emitted: audit.emitted - audit.unheard, published: audit.live, read: audit.read,
            duplicates: audit.duplicates, outOfOrder: audit.outOfOrder, late: audit.late, gaps: audit.gaps,
            missed: audit.lost, silent: audit.silent, silence: silence(span),
            recovery: recovery(campaign, after: end))
    }

    /// Seconds.
    private func silence(_ span: ClosedRange<ContinuousClock.Instant>) -> Double {
        let times = listener.events.map(\.at).filter(span.contains)
        return zip(times, times.dropFirst()).map { $1 - $0 }.max().map { $0 / .seconds(1) } ?? 0
    }

    /// Seconds.
    private func recovery(_ campaign: Campaign, after end: ContinuousClock.Instant) -> Double? {
        let wall = Date().timeIntervalSince1970 - (ContinuousClock.now - end) / .seconds(1)
        let event = listener.events.first { event in
            guard event.isLive, event.at > end else { return false }
            let told = (try? RawJSON(event.message.body))?["data"]?["metrics"]?["eventProcessing"]?[
                "serverGenerationTimestamp"]?.int
            return told.map { Double($0) / 1000 > wall } ?? false
        }
        let sent = campaign.sentAt.withLockedValue(\.self)
        let command = sent.filter { $0.value > end }.keys.compactMap { client.finals.heardAt($0) }.min()
        guard let event, let command else { return nil }
        return max(event.at - end, command - end) / .seconds(1)
    }
}
