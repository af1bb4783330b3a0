import GWS
import RawJSON
import Testing

@testable import Bridge

struct CallBookTests {
    private func book(_ notifications: GWS.Notification...) -> CallBook {
        var book = CallBook()
        for notification in notifications { book.note(notification) }
        return book
    }

    @Test func `a call is known as it was seen last`() {
        let book = book(.call("A", "Ringing"), .call("A", "Established"))
        #expect(book.call("A")?["state"]?.string == "Established")
        #expect(book.call("B") == nil)
        #expect(book.callIDs == ["A"])
    }

    @Test func `of an agent's one device no id is needed`() {
        #expect(book(.devices(["1": "Ready"])).onlyDevice?["id"]?.string == "1")
        #expect(book(.devices(["1": "Ready", "2": "Ready"])).onlyDevice == nil)
        #expect(book().onlyDevice == nil)
        #expect(
            book(.devices(["1": "Ready"]), .devices(["1": "NotReady"])).device("1")?["userState"]?["state"]?
                .string == "NotReady")
    }

    @Test func `a failure changes nothing`() {
        #expect(book(.call("A", "Held"), .failure(ofCall: "A")).call("A")?["state"]?.string == "Held")
        #expect(book(.failure(ofCall: "A")).callIDs.isEmpty)
    }

    @Test func `of calls that are over the last few are known`() {
        var book = CallBook()
        for number in 0...CallBook.past { book.note(.call("\(number)", "Released")) }
        #expect(book.call("0") == nil)
        #expect(book.callIDs.count == CallBook.past)
        book.note(.call("\(CallBook.past)", "Released"))
        #expect(book.callIDs.count == CallBook.past)
    }

    @Test func `a server that makes up calls without end does not fill the memory`() {
        var book = CallBook()
        for number in 0..<(CallBook.capacity + 10) {
            book.note(.sample("{}"), id: "\(number)", isOver: false)
        }
        #expect(book.callIDs.count == CallBook.capacity)
        #expect(book.call("\(CallBook.capacity + 9)") != nil)
    }

    @Test func `what may have changed unseen is forgotten`() {
        var book = book(.call("A", "Held"), .devices(["1": "Ready"]))
        book.forget()
        #expect(book.callIDs.isEmpty)
        #expect(book.onlyDevice == nil)
    }

    private static let consult = #","parentCallUri":"http://gws/api/v2/me/calls/P""#

    @Test func `a consult call is known by itself and by its parent`() {
        let book = book(.call("P", "Held"), .call("C", "Established", Self.consult))
        #expect(book.consultCall(of: "C") == "C")
        #expect(book.consultCall(of: "P") == "C")
        #expect(book.consultCall(of: "X") == nil)
    }

    @Test func `of a parent's consult calls the one that is not over is meant`() {
        let calls = book(.call("C", "Released", Self.consult), .call("D", "Dialing", Self.consult))
        #expect(calls.consultCall(of: "P") == "D")
        #expect(book(.call("C", "Released", Self.consult)).consultCall(of: "P") == "C")
        let over = book(.call("C", "Released", Self.consult), .call("D", "Released", Self.consult))
        #expect(over.consultCall(of: "P") == nil)
    }
}
