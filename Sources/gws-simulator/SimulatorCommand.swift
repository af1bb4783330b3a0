import ArgumentParser
import Foundation
import GWSSimulator
import Logging
import ServiceLifecycle
import UnixSignals

@main
struct SimulatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gws-simulator",
        abstract: "A Genesys Web Services to try things with.",
        discussion: """
            Agents log in with HTTP Basic, calls are made to ring over /simulator/:

              gws-simulator --port 8090 --agent 5001:secret --agent 5002:secret
              curl -d '{"agent":"5001"}' http://127.0.0.1:8090/simulator/calls

            Port 0 takes a free one. The address is printed when it listens. SIGTERM stops it.
            """)

    @Option(help: "The port to listen on.")
    var port: UInt16 = 8090

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(
        name: .customLong("agent"), help: "NAME:PASSWORD; may be repeated. (default: 5001:5001 to 5005:5005)")
    var agents: [AgentArgument] = []

    @Option(
        name: .customLong("device"), help: "AGENT:NUMBER, a further device of the agent's; may be repeated.")
    var devices: [DeviceArgument] = []

    @Flag(help: "The agents begin logged out, until StartContactCenterSession.")
    var loggedOut = false

    @Flag(
        inversion: .prefixedNo, help: "Whether StartContactCenterSession leaves agents ready, or not ready.")
    var ready = true

    @Flag(help: "An agent is logged out when its last CometD session has expired.")
    var logOutLost = false

    @Option(
        name: .customLong("agent-state"), help: "A not-ready state of the site's own; may be repeated.")
    var agentStates: [String] = []

    @Option(
        name: .customLong("missing-feature"), help: "A feature that the site lacks; may be repeated.")
    var missingFeatures: [FeatureArgument] = []

    @Option(
        name: .customLong("inactive-service"),
        help: "A back end that is not there; may be repeated.")
    var inactiveServices: [ServiceArgument] = []

    @Flag(inversion: .prefixedNo, help: "Whether POSTs need a CSRF token.")
    var csrf = true

    @Flag(inversion: .prefixedNo, help: "Whether POSTs to CometD's endpoint need one too.")
    var cometdCSRF = true

    @Flag(inversion: .prefixedNo, help: "Whether a load balancer's cookie must be kept.")
    var balancer = true

    @Flag(help: "Grant CometD's acknowledgement extension.")
    var acknowledge = false

    @Flag(inversion: .prefixedNo, help: "Whether the agents may record calls.")
    var recording = true

    @Flag(help: "Write calls as the oldest servers did: the connId for an id, participants as strings.")
    var oldFormats = false

    @Flag(
        inversion: .prefixedNo,
        help: "Whether the one consulted knows the joined call by the consult call's id.")
    var keepConsultID = true

    @Flag(help: "Calls of a monitored agent ring at the supervisor.")
    var ringAtSupervisor = false

    @Flag(inversion: .prefixedNo, help: "Whether monitoring begins with the calls that the agent has.")
    var intrude = true

    @Option(help: "Seconds that a poll without news is held.")
    var hold = Seconds(30)

    @Option(help: "Seconds that a CometD session lives without a poll.")
    var expiry = Seconds(10)

    @Option(help: "Seconds that an HTTP session lives without a request.")
    var sessionTimeout = Seconds(1800)

    @Option(help: "Which comes first, an operation's reply or its notification. (default: together)")
    var replyOrder: ReplyOrderArgument?

    @Flag(inversion: .prefixedNo, help: "Whether notifications carry metrics.")
    var metrics = true

    @Option(help: "Seconds by which notifications follow the reply.")
    var notificationDelay = Seconds(0)

    @Option(help: "Calls per second that ring by themselves.")
    var traffic = CallRate(0)

    @Option(help: "Seconds that those calls last.")
    var trafficCallLength = Seconds(10)

    @Option(help: "Seconds after which the agent's telephone answers them.")
    var trafficAnswer = Seconds(2)

    @Option(help: "How many entries each journal keeps.")
    var journal = 20_000

    @Option(help: "The URL prefix of resources in bodies, ending in /api/v2.")
    var externalURL: ExternalURL?

    func run() async throws {
        var logger = Logger(label: "gws-simulator", factory: StreamLogHandler.standardError(label:))
        logger.logLevel = .warning
        let simulator = Simulator(configuration: site, logger: logger)
        let services = ServiceGroup(
            services: [simulator], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await withThrowingTaskGroup { group in
            group.addTask { try await services.run() }
            group.addTask {
                // If it cannot listen, the other task says why.
                guard let url = try? await simulator.baseURL() else { return }
                FileHandle.standardOutput.write(Data("gws-simulator is listening on \(url)\n".utf8))
            }
            try await group.waitForAll()
        }
    }
}
