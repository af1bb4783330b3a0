import Foundation
import TestSupport
import Testing

@testable import gws_bridge

/// What `check --json` printed, read again.
struct Checked {
    let code: Int32
    let findings: [Finding]

    init(_ ended: Program.Ended) throws {
        code = ended.code
        let printed = try #require(
            try JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [[String: Any]],
            "\(ended.output)\(ended.error)")
        findings = try printed.map { entry in
            Finding(
                try #require(entry["name"] as? String),
                try #require((entry["status"] as? String).flatMap(Finding.Status.init)),
                try #require(entry["message"] as? String), remedy: entry["remedy"] as? String)
        }
    }

    /// All that is not well.
    var bad: [Finding] { findings.filter { $0.status != .ok } }

    /// Holds if that is what is wrong, and its remedy names each of these.
    func expect(
        _ name: String, _ status: Finding.Status, remedy parts: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = bad.filter { $0.name == name && $0.status == status }
        #expect(!found.isEmpty, "\(findings.map(\.shown))", sourceLocation: sourceLocation)
        for part in parts {
            #expect(
                found.contains { $0.remedy?.contains(part) == true }, "\(found.map(\.shown))",
                sourceLocation: sourceLocation)
        }
        #expect(bad.allSatisfy { $0.remedy != nil }, "\(bad.map(\.shown))", sourceLocation: sourceLocation)
        #expect(code == (findings.map(\.status).max() ?? .ok).exitCode, sourceLocation: sourceLocation)
    }
}

extension Finding {
    var shown: String { "\(status.rawValue) \(name): \(message) -> \(remedy ?? "-")" }
}
