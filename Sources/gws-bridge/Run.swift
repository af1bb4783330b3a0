import ArgumentParser
import Bridge
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the bridge.",
        discussion: """
            Examples:

              gws-bridge run --config bridge.yaml
              gws-bridge run --config bridge.yaml --dry-run
              GWS_BRIDGE_AMQP_URL=amqp://localhost GWS_BRIDGE_GWS_URL=http://localhost:8080 \\
                GWS_BRIDGE_AGENT=5001 GWS_BRIDGE_AGENT_PASSWORD_FILE=secret gws-bridge run

            SIGHUP has it read the configuration again and take up agents, permissions and the log's level; what else \
            has changed it names. The agents file and the password files are read again on any change to them, too: \
            agents come, go and change without the others noticing. SIGTERM or SIGINT stops it: commands under way are finished first, for at most shutdown.timeout. A second \
            one ends it at once. It exits with 78 if the configuration is wrong, and with 77 if the broker does not \
            permit what it needs; where the broker or GWS is not there yet, it waits.
            """
    )

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Read and check the configuration, and end.")
    var dryRun = false

    @Flag(help: "Print the configuration, secrets hidden, and end.")
    var printConfiguration = false

    func run() async throws {
        // It asks for the configuration to be read again, at whatever moment it comes.
        signal(SIGHUP, SIG_IGN)
        let settings = try options.settings()
        if printConfiguration {
            Terminal.output.writeLine(settings.printed)
            if !dryRun { return }
        }
        let configuration = try settings.bridgeConfiguration()
        let console = try settings.console()
        if dryRun {
            let agents = configuration.agents.count
            Terminal.error.writeLine("The configuration is right: \(agents) agent\(agents == 1 ? "" : "s").")
            return
        }
        Logs.bootstrap(settings)
        try await serve(configuration, console, settings, Logger(label: "gws-bridge"))
    }

    private func serve(
        _ configuration: BridgeConfiguration, _ console: Console.Settings, _ settings: Settings,
        _ logger: Logger
    ) async throws {
        let descriptors = Descriptors(concurrency: configuration.commands.concurrency)
        descriptors.raiseLimit()
        try descriptors.check(agents: configuration.agents.count)
        let metrics = PrometheusFactory(help: BridgeMetrics.descriptions)
        let bridge: Bridge
        do {
            bridge = try Bridge(configuration: configuration, logger: logger, metrics: metrics)
        } catch {
            throw CommandFailure(.configuration, "\(error); see gws.tls.ca-file")
        }
        // They stop from last to first: the bridge before the console that tells of it.
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
        if console.port != 0 {
            let console = Console(of: bridge, configuration, console, metrics: metrics, logger: logger)
            services.append(.init(service: console))
        }
        services.append(.init(service: bridge))
        services.append(
            .init(
                service: AgentsWatch(
                    settings: settings, logger: logger, reread: { [options] in try options.settings() },
                    adopt: { settings in
                        Logs.level = settings.logLevel
                        bridge.permit(settings.permissions)
                    },
                    serve: { agents in
                        try descriptors.check(agents: agents.count)
                        return bridge.serve(agents)
                    })))
        services.append(.init(service: SecondSignal(), successTerminationBehavior: .ignore))
        if let notifier = SystemdNotifier(
            ProcessInfo.processInfo.environment, logger: logger, readiness: { bridge.readiness })
        {
            services.append(.init(service: notifier))
        }
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // The bridge keeps to its own time, but for closing connections that do not answer.
        group.maximumGracefulShutdownDuration = configuration.shutdownTimeout + .seconds(5)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let failure as BridgeFailure {
            logger.critical("The bridge cannot go on", metadata: ["reason": "\(failure)"])
            throw ExitCode(failure.exitCode)
        } catch is CancellationError {
            logger.warning("The stop was cut short", metadata: ["limit": "\(configuration.shutdownTimeout)"])
        } catch {
            logger.critical("The bridge ended", metadata: ["reason": "\(error)"])
            throw ExitCode(CommandFailure.Code.unavailable.rawValue)
        }
    }
}
