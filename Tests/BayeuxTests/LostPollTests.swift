import RawJSON
import Testing

@testable import Bayeux

/// What an answer that never came means, with the acknowledgement extension and without.
struct LostPollTests {
    @Test func `a lost poll goes on with the same client id, is answered at once, and is told`() throws {
        let script = Script.polling()
        script.lose()
        let request = script.next()
        #expect(try request.channel == "/meta/connect")
        #expect(try request.message["clientId"]?.string == "c1")
        #expect(try request.message["advice"]?["timeout"]?.int == 0)
        let events = script.exchange(event("a"), script.reply("/meta/connect")).events
        #expect(events.first == .pollLost)
        #expect(events.dropFirst().flatMap(\.names) == ["a"])
        #expect(script.exchange(script.reply("/meta/connect")).events == [.quiet])
    }

    @Test func `a lost poll that the server has forgotten is told as a new start alone`() {
        let script = Script.polling()
        script.lose()
        _ = script.exchange(
            script.reply("/meta/connect", #","error":"402::Unknown client""#, successful: false))
        _ = script.exchange(script.handshakeReply())
        _ = script.exchange(script.reply("/meta/subscribe"))
        #expect(script.exchange(script.reply("/meta/connect")).events == [.started(.forgotten)])
    }

    @Test func `with acknowledgement nothing is lost, and nothing is told`() {
        let script = Script.polling(acknowledging: true)
        script.lose()
        #expect(script.exchange(script.reply("/meta/connect")).events == [.quiet])
    }

    @Test func `acknowledgement is used only where it is granted`() throws {
        let script = Script(acknowledging: true)
        #expect(try script.next().message["ext"]?["ack"]?.bool == true)
        _ = script.exchange(script.handshakeReply())
        _ = script.exchange(script.reply("/meta/subscribe"))
        #expect(try script.next().message["ext"] == nil)
        #expect(!script.session.acknowledges)
    }

    @Test(arguments: [#"{"ack":true}"#, #"{"ack":{"enabled":true}}"#])
    func `the first connect acknowledges minus one, and later ones the last batch handled`(ext: String) throws
    {
        let script = Script(acknowledging: true)
        _ = script.exchange(script.handshakeReply(#","ext":"# + ext))
        _ = script.exchange(script.reply("/meta/subscribe"))
        #expect(try script.next().message["ext"]?["ack"]?.int == -1)
        _ = script.exchange(script.reply("/meta/connect", #","ext":{"ack":7}"#))
        #expect(try script.next().message["ext"]?["ack"]?.int == 7)
    }

    @Test func `a batch that was not handled is not acknowledged, and the server's repeat takes its place`()
        throws
    {
        let script = Script.polling(acknowledging: true)
        let request = script.next()
        let answer = "[\(event("a")),\(script.reply("/meta/connect", #","ext":{"ack":8}"#))]"
        _ = script.session.receive(Array(answer.utf8), to: request)
        #expect(script.session.event != nil)
        // Here the handling fails, and later the conversation goes on.
        script.session.resume()
        #expect(script.session.event == nil)
        #expect(try script.next().message["ext"]?["ack"]?.int == 0)
        #expect(script.exchange(answer: answer).events.flatMap(\.names) == ["a"])
        #expect(try script.next().message["ext"]?["ack"]?.int == 8)
    }

    @Test func `what comes once more under the number of a batch that was handled is not told twice`() {
        let script = Script.polling(acknowledging: true)
        let answer = "[\(event("a")),\(script.reply("/meta/connect", #","ext":{"ack":8}"#))]"
        #expect(script.exchange(answer: answer).events.flatMap(\.names) == ["a"])
        script.lose()
        #expect(script.exchange(answer: answer).events.flatMap(\.names) == [])
        let next = "[\(event("b")),\(script.reply("/meta/connect", #","ext":{"ack":9}"#))]"
        #expect(script.exchange(answer: next).events.flatMap(\.names) == ["b"])
    }

    @Test func `other messages under the number of a batch that was handled are told`() {
        let script = Script.polling(acknowledging: true)
        for name in ["a", "b"] {
            let answer = "[\(event(name)),\(script.reply("/meta/connect", #","ext":{"ack":8}"#))]"
            #expect(script.exchange(answer: answer).events.flatMap(\.names) == [name])
        }
    }

    @Test(arguments: [true, false])
    func `of an answer without a reply the messages are told unless they come again`(acknowledges: Bool) {
        let script = Script.polling(acknowledging: acknowledges)
        let (events, failure) = script.exchange(answer: "[\(event("a"))]")
        #expect(failure != nil)
        #expect(events.flatMap(\.names) == (acknowledges ? [] : ["a"]))
    }

    @Test(arguments: ["no JSON", #"[{"channel":"/v2/me/calls","data":1}]"#])
    func `what comes again and cannot be read is got rid of by beginning anew`(answer: String) throws {
        let script = Script.polling(acknowledging: true)
        #expect(script.exchange(answer: answer).failure != nil)
        #expect(script.session.hasLostAnswer)
        #expect(script.session.clientID == "c1")
        #expect(script.exchange(answer: answer).failure != nil)
        #expect(try script.next().channel == "/meta/handshake")
        _ = script.exchange(script.handshakeReply(#","ext":{"ack":true}"#, clientID: "c2"))
        _ = script.exchange(script.reply("/meta/subscribe"))
        #expect(script.exchange(script.reply("/meta/connect")).events == [.started(.stuck)])
        #expect(!script.session.hasLostAnswer)
    }

    @Test func `one answer that cannot be read, and cuts in between, are no reason to begin anew`() {
        let script = Script.polling(acknowledging: true)
        for _ in 1...3 {
            #expect(script.exchange(answer: "no JSON").failure != nil)
            script.lose()
        }
        #expect(script.session.clientID == "c1")
        #expect(script.session.hasLostAnswer)
        #expect(script.exchange(script.reply("/meta/connect")).events == [.quiet])
        #expect(!script.session.hasLostAnswer)
    }

    @Test func `without acknowledgement a batch that was not handled is kept for the next run`() {
        let script = Script.polling()
        let request = script.next()
        _ = script.session.receive(
            Array("[\(script.reply("/meta/connect")),\(event("a"))]".utf8), to: request)
        script.session.resume()
        #expect(script.session.event?.names == ["a"])
    }

    @Test func `a start that could not be handled is told once more, even after another`() throws {
        let script = Script()
        _ = script.exchange(script.handshakeReply())
        _ = script.exchange(script.reply("/meta/subscribe"))
        let request = script.next()
        _ = script.session.receive(Array("[\(script.reply("/meta/connect"))]".utf8), to: request)
        script.session.startAnew(because: .loginLost)
        _ = script.exchange(script.handshakeReply())
        _ = script.exchange(script.reply("/meta/subscribe"))
        #expect(script.exchange(script.reply("/meta/connect")).events == [.started(.first)])
    }
}
