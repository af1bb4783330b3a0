import Testing

@testable import gws_bridge

@Suite struct CertificateAdviceTests {
    private static let now: Int64 = 1_800_000_000
    private static let day: Int64 = 86_400

    private func finding(
        days: [Int64], begins: Int64 = -1, _ verdict: CertificateAdvice.Verdict = .trusted
    ) -> Finding {
        CertificateAdvice(
            name: "tls", owner: "broker:5671",
            chain: days.map { .init(begins: Self.now + begins * Self.day, ends: Self.now + $0 * Self.day) },
            verdict: verdict, remedies: .init(authority: "authority", name: "name", renewal: "renewal")
        ).finding(now: Self.now)
    }

    @Test func `it is good until thirty days before its end`() {
        #expect(finding(days: [30]).status == .ok)
        #expect(finding(days: [29]).status == .warning && finding(days: [29]).remedy == "renewal")
        #expect(finding(days: [29]).message.contains("2027-02-13"))
    }

    @Test func `of a chain the first that ends counts`() {
        #expect(finding(days: [365, 7]).status == .warning)
        #expect(finding(days: [365, -1], .untrusted).message.contains("ended on"))
        // It is trusted without it: a server may still show an old root.
        #expect(finding(days: [365, -1]).status == .warning)
        #expect(finding(days: [-1, 365]).status == .failure)
    }

    @Test func `an end explains why it is not trusted`() {
        let found = finding(days: [-1], .untrusted)
        #expect(found.status == .failure && found.remedy == "renewal" && found.message.contains("ended on"))
    }

    @Test func `one that is not good yet points to the clock`() {
        #expect(finding(days: [90], begins: 1, .untrusted).remedy?.contains("clock") == true)
    }

    @Test func `each verdict has its remedy`() {
        #expect(finding(days: [90], .untrusted).remedy == "authority")
        #expect(finding(days: [90], .otherName).remedy == "name")
        #expect(finding(days: [90], .unclear("reset")).status == .warning)
        #expect(finding(days: []).status == .failure)
    }
}
