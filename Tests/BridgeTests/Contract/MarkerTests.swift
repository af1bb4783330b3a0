import AMQP
import Bridge
import Testing

struct MarkerTests {
    @Test(arguments: Marker.Standing.allCases)
    func `it is read as it was written`(standing: Marker.Standing) {
        let marker = Marker(sender: "process", shard: 3, number: 17, standing)
        let message = marker.message(names: .sample)
        #expect(Marker(message) == marker)
        #expect(message.routingKey == "shard.3")
        #expect(message.exchange == "gws.commands")
        #expect(!message.isMandatory)
    }

    @Test func `what looks like one is a command where it is none`() {
        var message = Marker(sender: "process", shard: 3, number: 17, .consuming).message(names: .sample)
        let type = message.properties.type
        message.properties.type = "command"
        #expect(Marker(message) == nil)
        message.properties.type = type
        let key = message.routingKey
        message.routingKey = "command.5001.Hold"
        #expect(Marker(message) == nil)
        message.routingKey = key
        for body in ["", "process 17", "process seventeen left", "process 17 gone", "process 17 left now"] {
            message.body = Array(body.utf8)
            #expect(Marker(message) == nil)
        }
    }

    @Test(arguments: ["command.5001.Hold", "shard.", "shard.x", "shard"])
    func `under a key of something else it is none`(key: String) {
        var message = Marker(sender: "process", shard: 3, number: 17, .left).message(names: .sample)
        message.routingKey = key
        #expect(Marker(message) == nil)
    }
}
