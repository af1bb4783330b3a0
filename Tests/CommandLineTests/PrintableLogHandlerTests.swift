import Logging
import NIOConcurrencyHelpers
import Testing

@testable import gws_bridge

@Suite struct PrintableLogHandlerTests {
    @Test func `nobody's words end a line or drive a terminal`() {
        let written = NIOLockedValueBox("")
        var logger = Logger(label: "test") { label in
            PrintableLogHandler(
                JSONLogHandler(label: label) { bytes in
                    written.withLockedValue { $0 += String(decoding: bytes, as: UTF8.self) }
                })
        }
        logger[metadataKey: "call"] = "a\nb"
        logger.info("said", metadata: ["reason": ["\u{1B}[2J", .stringConvertible("x\r\ny")]])
        let line = written.withLockedValue(\.self)
        for text in [#"a\\u{A}b"#, #"\\u{1B}[2J"#, #"x\\u{D}\\u{A}y"#] {
            #expect(line.contains(text), "\(line)")
        }
    }
}
