import ArgumentParser
import AsyncHTTPClient
import Bridge
import Foundation
import NIOCore
import NIOHTTP1
import RawJSON

struct Health: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask a running bridge whether it is ready; for containers.",
        discussion: """
            Example, in a Dockerfile:

              HEALTHCHECK CMD ["gws-bridge", "health"]

            It exits with 0 if the bridge is ready, and with 1 if it is not or does not answer.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "The address to ask; that of console.host and console.port if left out.", valueName: "url"))
    var url: String?

    @OptionGroup var configuration: ConfigurationOptions

    func run() async throws {
        var request = HTTPClientRequest(url: "")
        if let url {
            request.url = url
        } else {
            let settings = try configuration.settings()
            request.url = try settings.readinessURL()
            // The reasons are told to those who have it.
            if let token = try settings.console().token {
                request.headers.add(name: "Authorization", value: "Bearer \(token)")
            }
        }
        let url = request.url
        let answer: (status: UInt, body: [UInt8])
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(3))
            let body = try await response.body.collect(upTo: 65_536)
            answer = (response.status.code, Array(body.readableBytesView))
        } catch {
            try fail("\(url) does not answer: \(error)")
        }
        guard answer.status == 200 else {
            let reasons =
                (try? RawJSON(answer.body))?["reasons"].map { $0.elements.compactMap(\.string) } ?? []
            try fail(
                "not ready: " + (reasons.isEmpty ? "HTTP \(answer.status)" : reasons.joined(separator: "; ")))
        }
        Terminal.output.writeLine("ready")
    }

    private func fail(_ reason: String) throws -> Never {
        Terminal.error.writeLine("gws-bridge: \(reason.printable)")
        throw ExitCode(1)
    }
}

extension Settings {
    fileprivate func readinessURL() throws(ConfigurationError) -> String {
        let port = number("console.port")
        guard port != 0 else {
            throw ConfigurationError(
                at: origin("console.port"), "console.port", "is 0, so there is nothing to ask")
        }
        let host = text("console.host") ?? "127.0.0.1"
        // Listening everywhere is listening here, too.
        let address =
            ["0.0.0.0": "127.0.0.1", "::": "[::1]"][host] ?? (host.contains(":") ? "[\(host)]" : host)
        return "http://\(address):\(port)/readyz"
    }
}
