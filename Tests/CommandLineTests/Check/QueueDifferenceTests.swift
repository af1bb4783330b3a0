import Testing

@testable import gws_bridge

@Suite struct QueueDifferenceTests {
    private func difference(_ argument: String, _ current: String) -> QueueDifference? {
        QueueDifference(
            "PRECONDITION_FAILED - inequivalent arg '\(argument)' for queue 'gws.commands' in vhost '/': received the "
                + "value '10' of type 'signedint' but current is \(current)")
    }

    private func status(_ argument: String, _ current: String, on version: BrokerVersion) -> Finding.Status? {
        difference(argument, current)?.finding("queue", on: version).status
    }

    @Test func `the broker's words are read`() {
        let found = difference("x-delivery-limit", "the value '-1' of type 'signedint'")
        #expect(found?.argument == "x-delivery-limit" && found?.wanted == "10" && found?.current == "-1")
        #expect(difference("x-delivery-limit", "none")?.current == nil)
        #expect(difference("durable", "'false'")?.current == "false")
        #expect(QueueDifference("PRECONDITION_FAILED - invalid arg 'x-expires'") == nil)
    }

    @Test func `no limit loses, circles, or is one, by version`() {
        let none = "the value '-1' of type 'signedint'"
        #expect(status("x-delivery-limit", none, on: BrokerVersion(3, 10, 8)) == .failure)
        #expect(status("x-delivery-limit", none, on: BrokerVersion(3, 13)) == .failure)
        #expect(status("x-delivery-limit", none, on: BrokerVersion(4, 1)) == .warning)
        #expect(
            difference("x-delivery-limit", "none")?.finding("queue", on: BrokerVersion(3, 10)).message
                .contains("circles for ever") == true)
        #expect(
            difference("x-delivery-limit", "none")?.finding("queue", on: BrokerVersion(4, 3)).message
                .contains("circles for ever") == false)
    }

    @Test func `what loses outcomes or order is a failure, the rest a warning`() {
        let version = BrokerVersion(4, 3)
        #expect(status("x-dead-letter-exchange", "none", on: version) == .failure)
        #expect(status("x-single-active-consumer", "none", on: version) == .failure)
        #expect(status("alternate-exchange", "none", on: version) == .failure)
        #expect(status("x-overflow", "none", on: version) == .warning)
    }

    @Test func `a way on that the bridge does not want is a warning`() {
        let text =
            "PRECONDITION_FAILED - inequivalent arg 'x-dead-letter-exchange' for queue 'gws.dead-letters' in vhost '/': "
            + "received none but current is the value 'elsewhere' of type 'longstr'"
        let found = QueueDifference(text)
        #expect(found?.wanted == nil && found?.current == "elsewhere")
        #expect(found?.finding("queue", on: nil).status == .warning)
    }

    @Test func `all have a remedy`() {
        for argument in ["x-delivery-limit", "x-dead-letter-exchange", "alternate-exchange", "x-overflow"] {
            #expect(difference(argument, "none")?.finding("queue", on: nil).remedy != nil)
        }
    }
}
