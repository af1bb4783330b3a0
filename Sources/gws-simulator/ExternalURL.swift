import ArgumentParser
import Foundation

/// The prefix of resources, as GWS's own option demands it: a URL that ends in `/api/v2`.
struct ExternalURL: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        guard let url = URL(string: argument), ["http", "https"].contains(url.scheme), url.host != nil,
            argument.hasSuffix("/api/v2")
        else { return nil }
        text = argument
    }
}
