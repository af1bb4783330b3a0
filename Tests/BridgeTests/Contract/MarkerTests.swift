import AMQP
import Bridge
import Testing

struct MarkerTests {
    @Test(arguments: Marker.Standing.allCases)
    func `it is read as it was written`(standing: Marker.Standing) {
        let marker = Marker(sender: "process", number: 17, standing)
        let message = marker.message(to: 3, names: .sample)
        #expect(Marker(message) == marker)
        #expect(Marker.shard(of: message.routingKey) == 3)
        #expect(message.exchange == "gws.commands")
        #expect(!message.isMandatory)
    }

    @Test func `what looks like one is a command where it is none`() {
        var message = Marker(sender: "process", number: 17, .consuming).message(to: 3, names: .sample)
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
    func `a key of something else names no shard`(key: String) {
        #expect(Marker.shard(of: key) == nil)
    }
}
