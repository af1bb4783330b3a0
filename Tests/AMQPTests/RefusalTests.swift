import Testing

@testable import AMQP

@Suite struct RefusalTests {
    @Test func `a virtual host that is starting or full is worth trying again`() {
        for text in [
            "INTERNAL_ERROR - access to vhost '/' refused for user 'guest': vhost '/' is down",
            "NOT_ALLOWED - access to vhost '/' refused for user 'guest': connection limit (5) is reached",
        ] {
            #expect(ConnectionHandle.refusal(code: 530, text: text).remedy == .tryAgain)
            #expect(ConnectionHandle.refusal(code: 541, text: text).remedy == .tryAgain)
        }
        #expect(
            ConnectionHandle.refusal(code: 530, text: "NOT_ALLOWED - vhost x not found").remedy
                == .changeConfiguration)
    }

    @Test(arguments: [
        (404, "NOT_FOUND - no queue 'q' in vhost '/'", AMQPError.Remedy.changeConfiguration),
        (
            404, "NOT_FOUND - home node 'a' of durable queue 'q' in vhost '/' is down or inaccessible",
            .tryAgain
        ),
        (406, "PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q'", .changeConfiguration),
        (406, "PRECONDITION_FAILED - unknown delivery tag 7", .tryAgain),
        (406, "PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out", .tryAgain),
        (405, "RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'q'", .tryAgain),
        (403, "ACCESS_REFUSED - access to queue 'q' refused for user 'u'", .changeConfiguration),
    ])
    func `what the broker said of a channel tells what may be done`(
        code: Int, text: String, remedy: AMQPError.Remedy
    ) {
        #expect(AMQPError.channelClosed(code: code, text: text, method: nil).remedy == remedy)
    }
}
