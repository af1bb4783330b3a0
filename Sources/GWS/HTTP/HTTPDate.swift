/// Dates as servers write them in `Expires` and `Retry-After`, read as leniently as RFC 6265 §5.1.1 asks for.
enum HTTPDate {
    /// Seconds since 1970, or nil if it is no date.
    static func seconds(_ text: String) -> Int64? {
        var time: (Int64, Int64, Int64)?
        var day: Int64?
        var month: Int64?
        var year: Int64?
        for token in text.split(whereSeparator: { !($0.isASCII && ($0.isLetter || $0.isNumber)) && $0 != ":" }
        ) {
            if time == nil, token.contains(":") {
                let parts = token.split(separator: ":").compactMap { Int64($0) }
                if parts.count == 3 { time = (parts[0], parts[1], parts[2]) }
            } else if day == nil, token.count <= 2, let number = Int64(token) {
                day = number
            } else if month == nil, let index = months.firstIndex(of: token.prefix(3).lowercased()) {
                month = Int64(index) + 1
            } else if year == nil, (2...4).contains(token.count), let number = Int64(token) {
                year = number < 70 ? number + 2000 : number < 100 ? number + 1900 : number
            }
        }
        guard let time, let day, let month, let year, (1...31).contains(day), year >= 1601,
            (0...23).contains(time.0), (0...59).contains(time.1), (0...60).contains(time.2)
        else { return nil }
        return days(year, month, day) * 86400 + time.0 * 3600 + time.1 * 60 + time.2
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    /// Days since 1970 of the Gregorian calendar, counting years from March on so that leap days come last.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
