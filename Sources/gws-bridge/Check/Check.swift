import ArgumentParser
import Bridge
import Foundation

struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Reach the broker and GWS, and say what was found and what to change.",
        discussion: """
            Example:

              gws-bridge check --config bridge.yaml

            It looks at the configuration, the store and its disk, at certificates, at the broker's version, \
            permissions, exchanges and queues, and at GWS's clock, services, features and notifications, and logs \
            each agent in. It changes nothing: what it asks the broker for, to see whether it may, is such that the \
            broker refuses it, which the broker's log tells of.

            It exits with 0 if all is well, 1 with warnings, 2 with failures, and 78 if the configuration itself is \
            wrong.
            """
    )

    @Flag(help: "Print an array of {name, status, message, remedy}.")
    var json = false

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let settings = try options.settings()
        let configuration = try settings.bridgeConfiguration()
        async let certificates = TLSCheck(configuration: configuration)
            .findings(now: Int64(Date().timeIntervalSince1970))
        async let broker = BrokerCheck(configuration: configuration).findings()
        async let gws = GWSCheck(configuration: configuration).findings()
        let here =
            ConfigurationAdvice(configuration: configuration).findings
            + StoreCheck(store: configuration.store).findings()
            + StoreDiskCheck(store: configuration.store).findings()
        let findings = here + (await certificates + broker + gws)
        if json {
            Terminal.output.writeLine(
                "[\n" + findings.map { "  " + $0.json }.joined(separator: ",\n") + "\n]")
        } else {
            for finding in findings { Terminal.output.writeLine(finding.text(on: .output)) }
        }
        let worst = findings.map(\.status).max() ?? .ok
        if worst != .ok { throw ExitCode(worst.exitCode) }
    }
}
