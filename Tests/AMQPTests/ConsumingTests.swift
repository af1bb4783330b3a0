import AMQP
import TestSupport
import Testing

@Suite struct ConsumingTests {
    @Test func `no more than the prefetch is out until something is settled`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            _ = await connection.publish((0..<10).map { .to(queue, "\($0)") })
            let consumer = try await connection.consume(queue, prefetch: 3)
            let first = try await consumer.first(3)
            #expect(first.map(\.message.text) == ["0", "1", "2"])
            // A call that the broker answers after it would have delivered more.
            #expect(try await connection.declare(Queue(name: queue), passively: true).messages == 7)
            first[0].acknowledge()
            first[1].reject(requeue: false)
            let next = try await consumer.first(2)
            #expect(next.map(\.message.text) == ["3", "4"])
        }
    }

    @Test func `what is acknowledged is gone, what is not comes again`() async throws {
        let queue = uniqueName("again")
        try await withConnection { connection in
            _ = try await connection.declare(Queue(name: queue, durable: false))
            _ = await connection.publish((0..<6).map { .to(queue, "\($0)") })
            let consumer = try await connection.consume(queue, prefetch: 10)
            for delivery in try await consumer.first(6) where ["0", "1", "4"].contains(delivery.message.text)
            {
                #expect(!delivery.isRedelivered)
                delivery.acknowledge()
            }
        }
        try await withConnection { connection in
            let consumer = try await connection.consume(queue, prefetch: 10)
            let deliveries = try await consumer.first(3)
            #expect(deliveries.map(\.message.text) == ["2", "3", "5"])
            #expect(deliveries.map(\.isRedelivered) == [true, true, true])
            try await connection.delete(queue: queue)
        }
    }

    @Test func `settlements in any order reach the broker`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            _ = await connection.publish((0..<1000).map { .to(queue, "\($0)") })
            let consumer = try await connection.consume(queue, prefetch: 100)
            var count = 0
            while count < 1000 {
                let deliveries = try await consumer.first(1)
                for delivery in deliveries.shuffled() { delivery.acknowledge() }
                count += deliveries.count
            }
            try await consumer.cancel()
            let status = try await connection.declare(Queue(name: queue), passively: true)
            #expect(status.messages == 0)
            #expect(try await connection.take(queue) == nil)
        }
    }

    @Test func `settling twice does not close the channel`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            _ = await connection.publish([.to(queue), .to(queue)])
            let consumer = try await connection.consume(queue, prefetch: 10)
            let deliveries = try await consumer.first(2)
            for _ in 1...2 { deliveries[1].acknowledge() }
            deliveries[1].reject(requeue: true)
            deliveries[0].acknowledge()
            #expect(try await connection.take(queue) == nil)
        }
    }

    @Test func `a settlement after the connection's end does nothing`() async throws {
        let delivery = try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            _ = await connection.publish(.to(queue))
            return try await connection.get(queue)
        }
        delivery?.acknowledge()
        delivery?.reject(requeue: true)
    }

    @Test func `a consumer that we cancel ends without an error`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            _ = await connection.publish(.to(queue, "one"))
            let consumer = try await connection.consume(queue, prefetch: 10, tag: "mine")
            #expect(consumer.tag == "mine")
            var texts: [String] = []
            for try await batch in consumer {
                texts += batch.map(\.message.text)
                for delivery in batch { delivery.acknowledge() }
                try await consumer.cancel()
            }
            #expect(texts == ["one"])
            #expect(try await connection.declare(Queue(name: queue), passively: true).consumers == 0)
        }
    }

    @Test func `a consumer whose queue is deleted hears of it`() async throws {
        try await withConnection { connection in
            let queue = uniqueName("deleted")
            _ = try await connection.declare(Queue(name: queue, durable: false))
            let consumer = try await connection.consume(queue, prefetch: 1)
            try await connection.delete(queue: queue)
            let error = try await amqpError { for try await _ in consumer {} }
            #expect(error == .consumerCancelled(tag: consumer.tag))
            #expect(error?.remedy == .tryAgain)
            // The connection itself goes on.
            #expect(try await connection.temporaryQueue() != queue)
        }
    }

    @Test func `a reader whose task is cancelled stops waiting`() async throws {
        try await withConnection { connection in
            let consumer = try await connection.consume(connection.temporaryQueue(), prefetch: 1)
            let reader = Task {
                var count = 0
                for try await batch in consumer { count += batch.count }
                return count
            }
            reader.cancel()
            #expect(try await reader.value == 0)
        }
    }

    @Test func `two consumers of one connection get their own`() async throws {
        try await withConnection { connection in
            let queues = [try await connection.temporaryQueue(), try await connection.temporaryQueue()]
            let consumers = [
                try await connection.consume(queues[0], prefetch: 1),
                try await connection.consume(queues[1], prefetch: 2),
            ]
            _ = await connection.publish((0..<6).map { .to(queues[$0 % 2], "\($0)") })
            #expect(try await consumers[0].first(1).map(\.message.text) == ["0"])
            #expect(try await consumers[1].first(2).map(\.message.text) == ["1", "3"])
        }
    }

    @Test func `a tag in use is refused before the broker is asked`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            _ = try await connection.consume(queue, prefetch: 1, tag: "tag")
            let error = try await amqpError {
                _ = try await connection.consume(queue, prefetch: 1, tag: "tag")
            }
            guard case .invalidMessage = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }

    @Test func `a request by direct reply-to is answered by another connection`() async throws {
        try await withConnection { requester in
            let replies = try await requester.consume(
                "amq.rabbitmq.reply-to", prefetch: 0, acknowledges: false)
            try await withConnection { responder in
                let queue = try await responder.temporaryQueue()
                let requests = try await responder.consume(queue, prefetch: 1)
                let properties = Properties(correlationID: "7", replyTo: "amq.rabbitmq.reply-to")
                _ = await requester.publish(.to(queue, "question", properties: properties))
                let request = try await requests.first(1)[0]
                let address = try #require(request.message.properties.replyTo)
                #expect(await responder.publish(.to(address, "answer")) == .confirmed)
                // A reply address is no queue to the broker: as mandatory it comes back, though it is delivered.
                let result = await responder.publish(.to(address, "mandatory", mandatory: true))
                #expect(result == .returned(code: 312, text: "NO_ROUTE"))
                request.acknowledge()
            }
            let answers = try await replies.first(2)
            #expect(answers.map(\.message.text) == ["answer", "mandatory"])
            // They need no settling; doing so all the same must not close the channel.
            answers[0].acknowledge()
            #expect(try await requester.temporaryQueue() != "")
        }
    }

    @Test func `an answer to a requester that has gone comes back`() async throws {
        try await withConnection { responder in
            let queue = try await responder.temporaryQueue()
            try await withConnection { requester in
                _ = try await requester.consume("amq.rabbitmq.reply-to", prefetch: 0, acknowledges: false)
                _ = await requester.publish(
                    .to(queue, "question", properties: Properties(replyTo: "amq.rabbitmq.reply-to")))
            }
            let address = try #require(try await responder.take(queue)?.properties.replyTo)
            let result = await responder.publish(.to(address, "answer", mandatory: true))
            #expect(result == .returned(code: 312, text: "NO_ROUTE"))
        }
    }

    @Test func `get of an empty queue gives nothing`() async throws {
        try await withConnection { connection in
            let queue = try await connection.temporaryQueue()
            #expect(try await connection.take(queue) == nil)
        }
    }
}
