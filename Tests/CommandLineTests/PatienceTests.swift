import AMQP
import Foundation
import Testing

@testable import gws_bridge

@Suite struct PatienceTests {
    @Test func `who waits for the final outcome leaves time for it to be seen and told`() {
        let patience = Patience(.seconds(60), confirming: .seconds(5))
        #expect(patience.confirming == .seconds(5))
        #expect(patience.sending == .seconds(49))
    }

    @Test func `it gets no more than half of the time`() {
        let patience = Patience(.seconds(10), confirming: .seconds(900))
        #expect(patience.confirming == .seconds(5))
        #expect(patience.sending == .seconds(4))
    }

    @Test func `who does not wait for it has all the time for sending`() {
        let patience = Patience(.seconds(10), confirming: nil)
        #expect(patience.confirming == nil)
        #expect(patience.sending == .seconds(10))
    }

    @Test(arguments: [1, 2, 3, 86_400_000])
    func `however long somebody waits, the bridge understands it`(milliseconds: Int) {
        var properties = Properties()
        properties.expire(with: Patience(.milliseconds(milliseconds), confirming: .seconds(900)))
        let confirming = properties.headers["gws-confirm-within"]?.int ?? 0
        #expect((1...900_000).contains(confirming))
        #expect(properties.headers["gws-deadline"]?.int != nil)
    }

    @Test func `what is given up is not sent later, by the bridge's clock or the broker's`() {
        var properties = Properties()
        properties.expire(
            with: Patience(.seconds(10), confirming: .seconds(5)), now: Date(timeIntervalSince1970: 100))
        #expect(properties.headers["gws-confirm-within"] == 5_000)
        #expect(properties.headers["gws-deadline"] == 104_000)
        #expect(properties.expiration == "34000")
    }
}
