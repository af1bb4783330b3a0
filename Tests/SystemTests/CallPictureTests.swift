import AMQP
import TestSupport
import Testing

/// What a consumer knows who applies the events, as the proofs do.
struct CallPictureTests {
    @Test func `the last event about a call is what is known of it`() throws {
        var picture = CallPicture()
        picture.apply(.about("c1", "Ringing", 1))
        picture.apply(.about("c2", "Ringing", 2))
        picture.apply(.about("c1", "Established", 3))
        picture.apply(.about("c2", "Released", 4))
        #expect(try picture.differences(from: ["5001": [Self.call("c1", "Established", duration: 7)]]) == [])
        #expect(try picture.differences(from: ["5001": [Self.call("c1", "Held")]]).count == 1)
        #expect(try picture.differences(from: ["5001": []]).count == 1)
        let both = [Self.call("c1", "Established"), Self.call("c2", "Ringing")]
        #expect(try picture.differences(from: ["5001": both]).count == 1)
    }

    @Test func `an event that comes twice is applied once`() throws {
        var picture = CallPicture()
        for (state, number) in [("Ringing", 1), ("Established", 2), ("Ringing", 1)] as [(String, Int64)] {
            picture.apply(.about("c1", state, number))
        }
        #expect(try picture.differences(from: ["5001": [Self.call("c1", "Established")]]) == [])
    }

    @Test func `after a gap nothing is certain until the calls are in step, and those not named are over`()
        throws
    {
        var picture = CallPicture()
        picture.apply(.about("c1", "Established", 1))
        picture.apply(.about("c2", "Held", 2))
        picture.apply(.session(.gap(.init(from: 1, to: 2, reason: "session-lost")), 3))
        let truth = ["5001": [Self.call("c1", "Established")]]
        #expect(try picture.differences(from: truth).count == 2)
        picture.apply(.session(.resynced(calls: ["c1"]), 4))
        #expect(try picture.differences(from: truth) == [])
    }

    fileprivate static func call(_ id: String, _ state: String, duration: Int = 0) -> String {
        #"{"id":"\#(id)","state":"\#(state)","duration":"\#(duration)","capabilities":[\#(duration)]}"#
    }
}

extension HeardEvent {
    fileprivate static func about(_ call: String, _ state: String, _ number: Int64) -> HeardEvent {
        let body = #"{"data":{"call":\#(CallPictureTests.call(call, state))},"channel":"/v2/me/calls"}"#
        return sample(.notification(.live), number, callID: call, callState: state, body: body)
    }

    fileprivate static func session(_ what: What, _ number: Int64) -> HeardEvent { sample(what, number) }

    private static func sample(
        _ what: What, _ number: Int64, callID: String? = nil, callState: String? = nil, body: String = ""
    ) -> HeardEvent {
        var properties = Properties()
        properties.messageID = "5001/e/\(number)"
        let message = AMQPMessage(
            exchange: "gws.events", routingKey: "", properties: properties, body: Array(body.utf8))
        return HeardEvent(
            agent: "5001", epoch: "e", sequence: number, callID: callID, callSequence: number,
            callState: callState, what: what, message: message)
    }
}
