import AMQP
import Testing

@Suite struct BrokerURLTests {
    @Test func `all that a URL may leave out has its usual value`() throws {
        let endpoints = try Broker(urls: ["amqp://rabbit", "amqps://rabbit/"]).endpoints
        #expect(
            endpoints[0]
                == .init(host: "rabbit", port: 5672, user: "guest", password: "guest", virtualHost: "/"))
        #expect(endpoints[1] == .init(host: "rabbit", port: 5671, usesTLS: true))
    }

    @Test func `every part is taken, and percent-decoded`() throws {
        let endpoint = try Broker.Endpoint(url: "amqp://us%40er:p%3A%2F%C3%BC@[::1]:1234/v%2Fhost")
        #expect(
            endpoint == .init(host: "::1", port: 1234, user: "us@er", password: "p:/ü", virtualHost: "v/host")
        )
    }

    @Test(arguments: [
        "", "rabbit", "http://rabbit", "amqp://", "amqp://:5672", "amqp://h:0", "amqp://h:65536",
        "amqp://h:x",
        "amqp://h:", "amqp://h/a/b", "amqp://h/%2", "amqp://h/%zz", "amqp://u:%00@h", "amqp://%ff@h",
        "amqp://[::1", "amqp://[::1]x", "amqp://h?heartbeat=1", "amqp://h/v#f",
    ])
    func `what is no broker's URL is refused`(url: String) {
        #expect(throws: AMQPError.self) { try Broker.Endpoint(url: url) }
    }

    @Test func `no list of URLs is refused`() {
        #expect(throws: AMQPError.self) { try Broker(urls: []) }
    }

    @Test func `the password is never shown, by no way of printing`() throws {
        let broker = try Broker(urls: ["amqp://user:secret@host/v"])
        var dumped = ""
        dump(broker, to: &dumped)
        let shown = "\(broker) \(String(reflecting: broker)) \(broker.endpoints[0])" + dumped
        #expect(shown.contains("amqp://user@host:5672/v"))
        #expect(!shown.contains("secret"))
    }

    @Test func `no password is shown where a URL is refused`() throws {
        do {
            _ = try Broker(urls: ["amqp://user:secret@host:port"])
        } catch {
            #expect(!"\(error)".contains("secret"))
        }
    }
}
