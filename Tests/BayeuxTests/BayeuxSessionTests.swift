import RawJSON
import Testing

@testable import Bayeux

struct BayeuxSessionTests {
    @Test func `it shakes hands, subscribes to all channels at once, and connects without being held`() throws
    {
        let script = Script()
        var request = script.next()
        #expect(try request.channel == "/meta/handshake")
        #expect(try request.message["version"]?.string == "1.0")
        #expect(
            try request.message["supportedConnectionTypes"]?.elements.compactMap(\.string) == ["long-polling"]
        )
        #expect(try request.message["ext"] == nil)

        _ = script.exchange(script.handshakeReply())
        request = script.next()
        #expect(try request.channel == "/meta/subscribe")
        #expect(try request.message["clientId"]?.string == "c1")
        #expect(try request.message["subscription"]?.elements.compactMap(\.string) == ["/v2/me/*", "/v2/me"])

        _ = script.exchange(script.reply("/meta/subscribe"))
        request = script.next()
        #expect(try request.channel == "/meta/connect")
        #expect(try request.message["advice"]?["timeout"]?.int == 0)
        #expect(try request.message["connectionType"]?.string == "long-polling")
    }

    @Test func `every request is an array of one message with an id of its own`() throws {
        let script = Script.polling()
        let ids = try (0..<3).map { _ in
            _ = script.exchange(script.reply("/meta/connect"))
            return try script.request?.message["id"]?.string
        }
        #expect(Set(ids).count == 3)
    }

    @Test func `the start is told when the first connect is answered, and before its messages`() {
        let script = Script()
        #expect(script.exchange(script.handshakeReply()).events == [])
        // A subscribe reply may carry messages too; they wait for the start to be told.
        #expect(script.exchange(script.reply("/meta/subscribe"), event("a")).events == [])
        let events = script.exchange(event("b"), script.reply("/meta/connect")).events
        #expect(events.first == .started(.first))
        #expect(events.dropFirst().flatMap(\.names) == ["a", "b"])
    }

    @Test func `messages count whether they stand before or after the reply`() {
        let script = Script.polling()
        #expect(
            script.exchange(event("a"), script.reply("/meta/connect"), event("b")).events.flatMap(\.names)
                == ["a", "b"])
    }

    @Test func `a held connect has failed ten seconds after the server's own time`() {
        let script = Script.polling()
        #expect(script.next().timeout == .seconds(40))
        _ = script.exchange(script.reply("/meta/connect", #","advice":{"timeout":60000}"#))
        #expect(script.next().timeout == .seconds(70))
    }

    @Test func `the advised interval is waited before the next connect`() {
        let script = Script.polling()
        _ = script.exchange(
            script.reply("/meta/connect", #","advice":{"reconnect":"retry","interval":2000}"#))
        #expect(script.next().pause == .seconds(2))
        #expect(script.exchange(script.reply("/meta/connect", #","advice":{"interval":0}"#)).failure == nil)
        #expect(script.next().pause == .zero)
    }

    @Test func `a server that does not hold connects is not asked without end`() {
        let script = Script.polling()
        _ = script.exchange(script.reply("/meta/connect", #","advice":{"timeout":0,"interval":0}"#))
        #expect(script.next().pause == .seconds(1))
    }

    @Test(arguments: ["402::Unknown client", "402::session_unknown"])
    func `a forgotten client id leads to a new handshake`(error: String) throws {
        let script = Script.polling()
        let answer = script.exchange(
            script.reply(
                "/meta/connect", #","error":"\#(error)","advice":{"reconnect":"handshake","interval":0}"#,
                successful: false))
        #expect(answer.failure == nil)
        #expect(answer.events == [])
        #expect(try script.next().channel == "/meta/handshake")
        _ = script.exchange(script.handshakeReply(clientID: "c2"))
        _ = script.exchange(script.reply("/meta/subscribe"))
        #expect(script.exchange(script.reply("/meta/connect")).events == [.started(.forgotten)])
        #expect(script.session.clientID == "c2")
    }

    @Test func `a 402 on a subscribe, which has no advice, leads to a new handshake too`() throws {
        let script = Script()
        _ = script.exchange(script.handshakeReply())
        _ = script.exchange(
            script.reply("/meta/subscribe", #","error":"402::Unknown client""#, successful: false))
        #expect(try script.next().channel == "/meta/handshake")
    }

    @Test func `a server that forgets every client id is not asked for another without end`() {
        let script = Script.polling()
        let forgotten = script.reply("/meta/connect", #","error":"402::Unknown client""#, successful: false)
        #expect(script.exchange(forgotten).failure == nil)
        _ = script.exchange(script.handshakeReply())
        _ = script.exchange(script.reply("/meta/subscribe"))
        #expect(
            script.exchange(forgotten).failure
                == .refused(channel: "/meta/connect", error: "402::Unknown client"))
    }

    @Test func `advice to shake hands again is followed, after the messages that came with it`() throws {
        let script = Script.polling()
        let answer = script.exchange(
            script.reply("/meta/connect", #","advice":{"reconnect":"handshake"}"#), event("last"))
        #expect(answer.events.flatMap(\.names) == ["last"])
        #expect(try script.next().channel == "/meta/handshake")
        _ = script.exchange(script.handshakeReply())
        _ = script.exchange(script.reply("/meta/subscribe"))
        #expect(script.exchange(script.reply("/meta/connect")).events == [.started(.advised)])
    }

    @Test(arguments: [true, false])
    func `advice not to come back ends the run, and the next begins anew`(successful: Bool) throws {
        let script = Script.polling()
        let answer = script.exchange(
            event("last"),
            script.reply("/meta/connect", #","advice":{"reconnect":"none"}"#, successful: successful))
        #expect(answer.events.flatMap(\.names) == ["last"])
        #expect(answer.failure == .ended(error: nil))
        #expect(try script.next().channel == "/meta/handshake")
    }

    @Test func `a refused handshake says why`() {
        let script = Script()
        let answer = script.exchange(
            script.reply(
                "/meta/handshake", #","error":"403::Handshake denied","advice":{"reconnect":"none"}"#,
                successful: false))
        #expect(answer.failure == .ended(error: "403::Handshake denied"))
    }

    @Test func `a refused subscription ends the run with the server's word`() {
        let script = Script()
        _ = script.exchange(script.handshakeReply())
        let error = "403:denied_by_policy:subscribe_denied"
        #expect(
            script.exchange(script.reply("/meta/subscribe", #","error":"\#(error)""#, successful: false))
                .failure
                == .refused(channel: "/meta/subscribe", error: error))
    }

    @Test func `a server without long-polling is said to be one`() {
        let script = Script()
        let answer = script.exchange(
            script.reply("/meta/handshake", #","clientId":"c","supportedConnectionTypes":["websocket"]"#))
        #expect(answer.failure == .noLongPolling(offered: ["websocket"]))
    }

    @Test func `disconnecting unsubscribes, and the next request is a handshake`() throws {
        let script = Script.polling()
        let farewell = script.session.disconnect()
        let request = try #require(farewell)
        let messages = try Array(RawJSON(request.body).elements)
        #expect(messages.map { $0["channel"]?.string } == ["/meta/unsubscribe", "/meta/disconnect"])
        #expect(Set(messages.map { $0["id"]?.string }).count == 2)
        #expect(try script.next().channel == "/meta/handshake")
        let second = script.session.disconnect()
        #expect(second == nil)
    }

    @Test func `the reply to a poll that was held while the session was left means nothing any more`() throws
    {
        let script = Script.polling()
        let poll = script.next()
        _ = script.session.disconnect()
        #expect(
            script.session.receive(Array(#"[{"channel":"/meta/connect","successful":true}]"#.utf8), to: poll)
                != nil)
        #expect(script.session.event == nil)
        #expect(try script.next().channel == "/meta/handshake")
    }
}
