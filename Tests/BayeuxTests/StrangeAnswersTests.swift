import RawJSON
import Testing

@testable import Bayeux

/// Nothing that a server sends may crash the client, or be passed over in silence.
struct StrangeAnswersTests {
    @Test(arguments: [
        "", "<html>", "[", "3", #""text""#, "[{\"channel\":\"/meta/connect\",\"successful\":true}] x",
    ])
    func `what is no Bayeux answer is a lost poll`(answer: String) throws {
        let script = Script.polling()
        guard case .unintelligible = script.exchange(answer: answer).failure else {
            Issue.record("not found unintelligible")
            return
        }
        #expect(script.exchange(script.reply("/meta/connect")).events == [.pollLost])
    }

    @Test(arguments: ["[]", "{}", "[1,null,[]]", #"[{"channel":7}]"#, #"[{"channel":"/meta/unheard-of"}]"#])
    func `an answer without the reply is a lost poll`(answer: String) {
        let script = Script.polling()
        #expect(script.exchange(answer: answer).failure == .unanswered(channel: "/meta/connect"))
    }

    @Test func `messages in an answer without the reply still count`() {
        let script = Script.polling()
        let answer = script.exchange(event("a"))
        #expect(answer.failure == .unanswered(channel: "/meta/connect"))
        #expect(answer.events.flatMap(\.names) == ["a"])
    }

    @Test func `a single object in place of an array is accepted`() {
        let script = Script.polling()
        #expect(script.exchange(answer: script.reply("/meta/connect")).failure == nil)
    }

    @Test func `a reply with another request's id is not the reply`() {
        let script = Script.polling()
        #expect(
            script.exchange(script.reply("/meta/connect", #","id":"999""#)).failure
                == .unanswered(channel: "/meta/connect"))
    }

    @Test(arguments: [
        #","advice":7"#, #","advice":{"reconnect":"sing","interval":"soon","timeout":-5}"#, #","ext":[]"#,
        #","advice":{"timeout":1e300,"interval":-1}"#, #","advice":null"#, #","unheard":{"of":[1]}"#,
    ])
    func `strange members of a reply do no harm`(more: String) throws {
        let script = Script.polling()
        #expect(script.exchange(script.reply("/meta/connect", more)).failure == nil)
        let request = script.next()
        #expect(try request.channel == "/meta/connect")
        #expect(request.pause <= .seconds(1))
        #expect(try #require(request.timeout) <= .seconds(3610))
    }

    @Test(arguments: [#""clientId":7"#, #""clientId":"""#, #""x":1"#])
    func `a handshake reply without a client id is none`(more: String) {
        let script = Script()
        #expect(
            script.exchange(script.reply("/meta/handshake", "," + more)).failure
                == .refused(channel: "/meta/handshake", error: nil))
    }

    @Test func `a client id with quotes and control characters is sent back as it was`() throws {
        let script = Script()
        _ = script.exchange(script.handshakeReply(clientID: #"a\"b\\\n\u0001"#))
        #expect(try script.next().message["clientId"]?.string == "a\"b\\\n\u{1}")
    }

    @Test func `a message keeps the bytes that it was`() throws {
        let script = Script.polling()
        let message = #"{ "data" : {"n":1.0e5,"k":1,"k":2,"s":"\u00e9"},"channel":"/v2/me/calls" }"#
        let events = script.exchange(message, script.reply("/meta/connect")).events
        guard case .messages(let messages) = events.first else {
            Issue.record("no messages")
            return
        }
        #expect(messages.map { String(decoding: $0.json.bytes, as: UTF8.self) } == [message])
        #expect(messages.first?.channel == "/v2/me/calls")
    }

    @Test func `a message of an unknown kind, or without a channel, is passed on`() {
        let script = Script.polling()
        let answer = script.exchange(
            script.reply("/meta/connect"), #"{"data":{"name":"a"}}"#, #"{"channel":"/x"}"#)
        #expect(answer.events.flatMap(\.names) == ["a", "?"])
    }
}
