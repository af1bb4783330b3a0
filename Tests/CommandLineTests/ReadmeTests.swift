import Foundation
import GWS
import Testing

@testable import gws_bridge

struct ReadmeTests {
    private let readme: String

    init() throws {
        readme = try Repository.text("README.md")
    }

    @Test func `the table of the configuration is the program's own`() {
        #expect(readme.contains(ConfigurationKey.table), "put this in its place:\n\(ConfigurationKey.table)")
    }

    @Test func `the table of the operations is the catalogue's`() {
        #expect(
            readme.contains("\n\(OperationCatalogue.table)\n"),
            "it is no longer what the catalogue says: run Scripts/readme-operations")
    }

    @Test func `every file that is linked is there`() throws {
        let links = readme.matches(of: /\]\(((?:Sources|Tests)[^)]*)\)/).map { String($0.1) }
        #expect(links.count > 20)
        for link in links {
            let file = Repository.root.appending(path: link).path
            #expect(FileManager.default.fileExists(atPath: file), "\(link)")
        }
    }
}
