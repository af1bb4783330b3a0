/// Which published message each confirm and each return of the broker is about.
///
/// Pure: the broker numbers the messages of a channel from 1, and so do we.
struct Confirms<Token> {
    private struct Entry {
        let token: Token
        let isMandatory: Bool
        let writtenAt: ContinuousClock.Instant
        var returned: (code: Int, text: String)?
    }

    private var entries = NumberedQueue<Entry>()
    /// Returns come in the order of publishing: a later one is never about an earlier message.
    private var searchFrom: UInt64 = 1

    var outstanding: Int { entries.count }

    var oldest: ContinuousClock.Instant? { entries.first?.writtenAt }

    mutating func written(_ token: Token, isMandatory: Bool, at now: ContinuousClock.Instant) {
        entries.append(Entry(token: token, isMandatory: isMandatory, writtenAt: now))
    }

    /// A return precedes the confirm of its message but carries no number: it is about the first mandatory message
    /// that looks like it and has not come back. False if there is none.
    mutating func returned(code: Int, text: String, where isSame: (Token) -> Bool) -> Bool {
        var number = max(searchFrom, entries.firstNumber)
        while number < entries.nextNumber {
            if let entry = entries[number], entry.isMandatory, entry.returned == nil, isSame(entry.token) {
                entries.update(number) { $0.returned = (code, text) }
                searchFrom = number + 1
                return true
            }
            number += 1
        }
        return false
    }

    /// A confirm, or with `isNack` a refusal, of one message or of all up to it; 0 is all there are. Numbers that are
    /// not out are ignored: the broker may not make us crash.
    mutating func settled(
        _ number: UInt64, multiple: Bool, isNack: Bool, _ settle: (Token, PublishResult) -> Void
    ) {
        if multiple {
            let last = number == 0 ? .max : number
            while !entries.isEmpty, entries.firstNumber <= last, let entry = entries.popFirst() {
                settle(entry.token, Self.result(entry, isNack: isNack))
            }
        } else if let entry = entries.remove(number) {
            settle(entry.token, Self.result(entry, isNack: isNack))
        }
    }

    /// The connection has ended: hands out all that are out.
    mutating func abandon(_ settle: (Token) -> Void) {
        while let entry = entries.popFirst() { settle(entry.token) }
    }

    func visit(_ body: (Token) -> Void) {
        for number in entries.firstNumber..<entries.nextNumber {
            if let entry = entries[number] { body(entry.token) }
        }
    }

    private static func result(_ entry: Entry, isNack: Bool) -> PublishResult {
        if isNack { return .nacked }
        if let returned = entry.returned { return .returned(code: returned.code, text: returned.text) }
        return .confirmed
    }
}
