import Foundation
import Testing

@testable import Bridge

/// What the pages in `Bridge.docc` name is there.
struct DocumentationTests {
    private static let pages = "Sources/Bridge/Bridge.docc"

    /// With their names.
    private static func texts() throws -> [(name: String, text: String)] {
        let directory = Repository.root.appending(path: pages).path
        return try FileManager.default.contentsOfDirectory(atPath: directory).map {
            ($0, try Repository.text("\(pages)/\($0)"))
        }
    }

    private static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: Repository.root.appending(path: path).path)
    }

    @Test func `each file of the sources that a page names is there`() throws {
        for page in try Self.texts() {
            for name in Set(page.text.matches(of: /`([\w\/+-]+\.swift)`/).map { String($0.1) }) {
                // Whoever copies a program gives it that name.
                if name == "main.swift" { continue }
                let places = ["Sources", "Sources/Bridge", "Sources/Bridge/Pumps"]
                #expect(places.contains { Self.exists("\($0)/\(name)") }, "\(page.name) names \(name)")
            }
        }
    }

    @Test func `the bounds that are told of what comes in are the code's`() throws {
        let page = try Repository.text("\(Self.pages)/Security.md")
        let (store, commands) = (BridgeConfiguration.Store(), BridgeConfiguration.Commands())
        for bound in [
            "\(CommandDecoder.largestBody >> 10) KiB, decoded; \(CommandDecoder.greatestDepth) levels",
            "`deviceId` and the ids in their place | \(CommandDecoder.longestID) bytes",
            "headers of a dead letter | \(DeadLetter.largestHeaders >> 10) KiB",
            "routing keys | \(RoutingKey.longest) bytes",
            "that are remembered | \(AgentRecord.capacity) each",
            "`commands.prefetch`, \(commands.prefetch) |",
            "how long a command is held | \(Envelope.longestHold / 60_000) minutes",
            "`store.spool-size`, \(store.spoolSize >> 30) GiB; in memory \(SpoolBounds.longestMemory >> 20) MiB",
            "`store.ledger-age` (\(store.ledgerAge.milliseconds / 3_600_000) h)",
            "`store.spool-age` (\(store.spoolAge.milliseconds / 3_600_000) h)",
        ] {
            #expect(page.contains(bound), "Security.md does not say: \(bound)")
        }
    }

    @Test func `each page is there that another links, and the root links all`() throws {
        let names = try Self.texts().map(\.name).filter { $0 != "Bridge.md" }
        for page in try Self.texts() {
            for link in page.text.matches(of: /\]\(([\w]+\.md)\)/) {
                #expect(names.contains(String(link.1)), "\(page.name) links \(link.1)")
            }
        }
        let root = try Repository.text("\(Self.pages)/Bridge.md")
        let linked = root.matches(of: /<doc:(\w+)>/).map { "\($0.1).md" }
        #expect(linked.sorted() == names.sorted())
        let readme = try Repository.text("README.md")
        for name in names {
            #expect(readme.contains("](\(Self.pages)/\(name))"), "README.md has no link to \(name)")
        }
    }
}
