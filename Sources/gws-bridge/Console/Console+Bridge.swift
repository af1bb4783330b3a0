import Bridge
import Logging

extension Console {
    /// The console of a bridge that runs in this process.
    init(
        of bridge: Bridge, _ configuration: BridgeConfiguration, _ settings: Settings,
        metrics: PrometheusFactory, logger: Logger
    ) {
        let begin = ContinuousClock.now
        let deadLetters = DeadLetterCount(
            of: Names(prefix: configuration.prefix).deadLetters, at: configuration.broker)
        let feed = ConsoleFeed(deadLetters: deadLetters) {
            RateHistory.Totals(
                outcomes: metrics.totals(of: BridgeMetrics.Name.commands.label, by: "outcome"),
                events: metrics.totals(of: BridgeMetrics.Name.events.label, by: "channel").values.reduce(0, +)
            )
        } snapshot: { rates in
            try ConsoleSnapshot(
                await bridge.overview(), instance: configuration.instance, uptime: .now - begin,
                deadLetters: deadLetters.value, rates: rates, showsPersonalData: settings.showsPersonalData
            ).json
        }
        self.init(
            settings: settings, logger: logger, metrics: metrics, refresh: bridge.refreshMetrics,
            readiness: { bridge.readiness }, feed: feed)
    }
}
