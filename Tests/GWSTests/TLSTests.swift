import Foundation
import NIOSSL
import TestSupport
import Testing

@testable import GWS

@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
    private func context() throws -> NIOSSLContext {
        let certificate = try NIOSSLCertificate(bytes: Array(TestCertificate.certificate.utf8), format: .pem)
        let key = try NIOSSLPrivateKey(bytes: Array(TestCertificate.key.utf8), format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: [.certificate(certificate)], privateKey: .privateKey(key)))
    }

    private func outcome(caFile: String?, host: String = "localhost") async throws -> Outcome {
        try await ScriptedServer.with(ScriptedServer.alwaysAccepting, tls: try context()) { scripted in
            let url = scripted.url.replacingOccurrences(of: "localhost", with: host)
            let server = try GWSServer(url: url, caFile: caFile)
            return try await HTTPTransport.withTransport(to: server) { transport in
                let session = AgentSession(transport: transport)
                return await session.perform(try .answer("1"))
            }
        }
    }

    private func withCAFile(_ body: (String) async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).pem")
        try Data(TestCertificate.certificate.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try await body(file.path)
    }

    @Test func `a server is trusted by its CA file`() async throws {
        try await withCAFile { file in
            let outcome = try await outcome(caFile: file)
            #expect(outcome.kind == .accepted)
        }
    }

    @Test func `one request after another goes over one secured connection`() async throws {
        try await withCAFile { file in
            try await ScriptedServer.with(ScriptedServer.alwaysAccepting, tls: try context()) { scripted in
                let server = try GWSServer(url: scripted.url, caFile: file)
                try await HTTPTransport.withTransport(to: server) { transport in
                    let session = AgentSession(transport: transport)
                    for number in 0..<10 {
                        let outcome = await session.perform(try .answer("\(number)"))
                        #expect(outcome.kind == .accepted)
                    }
                    #expect(scripted.connections == 1)
                }
                // It has said goodbye.
                try await eventually(within: .seconds(10), "it is closed") { scripted.openConnections == 0 }
            }
        }
    }

    @Test func `a server that is not trusted gets nothing`() async throws {
        let outcome = try await outcome(caFile: nil)
        #expect(outcome.kind == .unreachable(.noSession))
        #expect(outcome.detail?.contains("CERTIFICATE_VERIFY_FAILED") == true)
    }
}
