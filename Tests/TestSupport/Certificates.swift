import Foundation

/// Certificates made by openssl for a test: an authority, what it vouches for, and another authority.
public struct Certificates: Sendable {
    public let directory: String

    public var ca: String { directory + "/ca.pem" }
    public var otherCA: String { directory + "/other.pem" }

    public func certificate(_ name: String) -> String { "\(directory)/\(name).pem" }

    public func key(_ name: String) -> String { "\(directory)/\(name).key" }

    public static func make() async throws -> Certificates {
        let directory = FileManager.default.temporaryDirectory.appending(path: uniqueName("certificates"))
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let certificates = Certificates(directory: directory.path)
        try await certificates.makeCA("ca")
        try await certificates.makeCA("other")
        return certificates
    }

    private static let newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

    private func makeCA(_ name: String) async throws {
        let files = ["-keyout", key(name), "-out", certificate(name)]
        try await run(
            "/usr/bin/openssl",
            ["req", "-x509", "-days", "400", "-subj", "/CN=\(name)"] + Self.newKey + files)
    }

    /// - Parameters:
    ///   - names: as openssl has them, `DNS:broker.example,IP:127.0.0.1`.
    ///   - days: from now until its end; below zero it has ended.
    public func issue(_ name: String, names: String, days: Int = 2) async throws {
        let request = "\(directory)/\(name).csr"
        let extensions = "\(directory)/\(name).ext"
        try "subjectAltName=\(names)\n".write(toFile: extensions, atomically: true, encoding: .utf8)
        try await run(
            "/usr/bin/openssl",
            ["req", "-subj", "/CN=\(name)", "-keyout", key(name), "-out", request] + Self.newKey)
        try await run(
            "/usr/bin/openssl",
            [
                "x509", "-req", "-days", "\(days)", "-in", request, "-CA", ca, "-CAkey", key("ca"),
                "-CAcreateserial", "-extfile", extensions, "-out", certificate(name),
            ])
    }

    public func remove() {
        try? FileManager.default.removeItem(atPath: directory)  // In the temporary directory it harms nobody.
    }
}
