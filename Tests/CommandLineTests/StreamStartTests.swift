import Foundation
import Testing

@testable import gws_bridge

struct StreamStartTests {
    /// 2026-11-22T09:30:00Z
    private static let now: Int64 = 1_795_339_800_000

    private func start(_ text: String, hours: Int = 0) throws -> StreamStart? {
        StreamStart(
            text, now: Self.now, timeZone: try #require(TimeZone(secondsFromGMT: hours * 3600)))
    }

    @Test(arguments: [
        ("first", StreamStart.first), ("last", .last), ("next", .next), ("0", .offset(0)),
        ("4711", .offset(4711)), ("9223372036854775807", .offset(.max)),
    ])
    func `a word is a place, and a number is an offset`(text: String, start: StreamStart) throws {
        #expect(try self.start(text) == start)
    }

    @Test(arguments: ["2h", "-2h", "2h ago", "120m", "7200s"])
    func `a duration is how long ago`(text: String) throws {
        #expect(try start(text) == .time(Self.now - 7_200_000))
    }

    @Test(arguments: [
        ("2026-11-22T09:30:00Z", Int64(0)), ("2026-11-22T10:30:00+01:00", 0),
        ("2026-11-22t09:30:00.125z", 125), ("2026-11-22T09:30:00.1Z", 100),
        ("2026-11-22T04:00:01.1239999-05:30", 1123), ("2026-11-22T11:30:00", 0), ("2026-11-22T11:30", 0),
        ("2026-11-22", -41_400_000),
    ])
    func `a time has its zone, or is meant here`(text: String, difference: Int64) throws {
        #expect(try start(text, hours: 2) == .time(Self.now + difference))
    }

    @Test(arguments: [
        "", "soon", "-5", "+5", "5 ", "99999999999999999999", "2026-02-31", "2026-13-01",
        "2026-11-22T25:00:00Z",
        "2026-11-22T09:30:00+25:00", "1969-12-31T23:59:59Z", "2026-11-22 ", "22.11.2026", "100000d",
        "9223372036854775807ms", "9223372036854775807d", "٤", "First",
    ])
    func `all else is refused`(text: String) throws {
        #expect(try start(text) == nil)
    }
}
