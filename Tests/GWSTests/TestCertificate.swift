/// A certificate for localhost that nobody trusts unless told to, and its key; from 2020 to 2120.
enum TestCertificate {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBaDCCAQ2gAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
        c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
        CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNrmyfgYCvhr3hDN
        y+N20P0KUAvkXgFJiJYcXPVINajR/Sq5BfJuCxBGlB8zUngFX0Yyo7x3rf8Wo9CA
        FvCnF+ijTjBMMBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAPBgNVHRMBAf8E
        BTADAQH/MB0GA1UdDgQWBBTm0RPb4n2zbITG2hBH9fzmxtcsuDAKBggqhkjOPQQD
        AgNJADBGAiEA+TduyYy7q74tMf2qVRigiixX+fXPh5biPhdsbTdPLC0CIQC/w7cT
        LyP43pzy3KmG4BorGbT6+qj9Y6aeMMXKtDngAA==
        -----END CERTIFICATE-----
        """

    static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgDgPvrgKRNJ/jZ4f8
        kN0uwdJAa37vqPYdRpuDG/siaSWhRANCAATa5sn4GAr4a94QzcvjdtD9ClAL5F4B
        SYiWHFz1SDWo0f0quQXybgsQRpQfM1J4BV9GMqO8d63/FqPQgBbwpxfo
        -----END PRIVATE KEY-----
        """
}
