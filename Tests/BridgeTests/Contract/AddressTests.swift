import Bridge
import Testing

struct AddressTests {
    @Test func `the routing key says agent and operation`() {
        #expect(
            Address(routingKey: "command.50%2E01.Hold") == Address(agent: "50.01", operationName: "Hold"))
    }

    @Test(arguments: [
        "gws.commands", "", "command", "command.5001", "command.5001.Hold.x", "event.5001.Hold",
        "command.%FF.Hold",
    ])
    func `any other key says nothing`(key: String) {
        #expect(Address(routingKey: key) == Address())
    }

    @Test func `an empty segment names nobody`() {
        #expect(Address(routingKey: "command..Hold") == Address(operationName: "Hold"))
        #expect(Address(routingKey: "command.5001.") == Address(agent: "5001"))
    }

    @Test func `the body goes before the key`() {
        let (address, _) = CommandDecoder(agents: ["a", "b"]).decode(
            Array(#"{"agent":"a","callId":"c","deviceId":"d","operationName":"Hold"}"#.utf8),
            routingKey: "command.b.Answer", userID: nil)
        #expect(address == Address(agent: "a", callID: "c", deviceID: "d", operationName: "Hold"))
    }

    @Test func `what is legible is kept beside what is not`() {
        let (address, _) = CommandDecoder(agents: ["a"]).decode(
            Array(#"{"agent":7,"callId":"c","deviceId":"","operationName":"Hold"}"#.utf8),
            routingKey: "command.a.Hold", userID: nil)
        #expect(address == Address(agent: "a", callID: "c", operationName: "Hold"))
    }

    @Test func `of a body that is none the key tells what it was about`() {
        let (address, _) = CommandDecoder(agents: ["a"]).decode(
            Array("Hold!".utf8), routingKey: "command.a.Hold", userID: nil)
        #expect(address == Address(agent: "a", operationName: "Hold"))
    }
}
