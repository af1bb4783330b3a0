import Bridge
import Testing

struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1_769_554_688_150, "2026-01-27T22:58:08.150Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"), (-1, "1969-12-31T23:59:59.999Z"),
    ])
    func `a moment is written in ISO 8601, UTC, with milliseconds`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds).text == text)
    }

    @Test func `no millisecond is lost to rounding`() {
        let wrong = (0..<1000).filter { millisecond in
            let digits = String(1000 + millisecond).dropFirst()
            return Timestamp(1_769_554_688_000 + Int64(millisecond)).text != "2026-01-27T22:58:08.\(digits)Z"
        }
        #expect(wrong == [])
    }
}
