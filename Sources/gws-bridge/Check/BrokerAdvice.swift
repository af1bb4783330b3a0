import AMQP
import Bridge

/// What of the configuration is unsafe on the broker that answered. Pure.
struct BrokerAdvice: Sendable {
    let product: String
    let version: String
    /// Where it was reached.
    let endpoint: Broker.Endpoint
    /// Bytes, as agreed with the broker.
    let frameMax: Int
    /// As agreed with the broker.
    let heartbeat: Duration
    let configuration: BridgeConfiguration

    /// Nil where it is not RabbitMQ, or does not say.
    var known: BrokerVersion? { product == "RabbitMQ" ? BrokerVersion(version) : nil }

    var findings: [Finding] {
        [identity, frames, heartbeats, holding] + [shards, queuesOfOthers].compactMap(\.self)
    }

    private var identity: Finding {
        let found = "\(product) \(version) at \(endpoint)"
        guard let known else {
            return Finding(
                "broker", .warning, "\(found): the bridge was tried with RabbitMQ only",
                remedy:
                    "Use RabbitMQ \(Self.range), or try what its queues do with commands that are given back."
            )
        }
        if known < .oldestKnown {
            return Finding(
                "broker", .warning,
                "\(found) has not been tried: its quorum queues know neither time to live nor dead-lettering at "
                    + "least once, so that commands can be lost",
                remedy: "Upgrade RabbitMQ to \(Self.range).")
        }
        let isNewer =
            (known.major, known.minor) > (BrokerVersion.newestKnown.major, BrokerVersion.newestKnown.minor)
        return Finding("broker", .ok, isNewer ? "\(found), newer than what is known here" : found)
    }

    private static let range = "3.10 to 4.3"

    /// Properties and headers of a message go into one frame.
    private var frames: Finding {
        let name = "broker frames"
        let needed = DeadLetter.largestHeaders + 8192
        guard frameMax < needed else { return Finding(name, .ok, "of up to \(frameMax) bytes") }
        var message =
            "of no more than \(frameMax) bytes: a dead letter with many headers loses those of the command"
        if let known, frameMax < BrokerVersion.newestKnown.smallestFrameMax, known.smallestFrameMax < 8192 {
            message += ", and from RabbitMQ 4.1 on less than 8192 is not allowed"
        }
        return Finding(
            name, .warning, message,
            remedy: "Set frame_max in the broker's rabbitmq.conf to its default, 131072.")
    }

    private var heartbeats: Finding {
        let name = "broker heartbeat"
        let seconds = heartbeat.components.seconds
        if heartbeat == .zero {
            return Finding(
                name, .warning, "none: a link that is dead is not noticed",
                remedy: "Set amqp.heartbeat, and heartbeat in the broker's rabbitmq.conf, to 10 s.")
        }
        // What RabbitMQ's manual advises against.
        guard seconds >= 5 else {
            return Finding(
                name, .warning, "every \(seconds) s: a busy moment passes for a dead peer",
                remedy: "Set amqp.heartbeat, and heartbeat in the broker's rabbitmq.conf, to 5 s at least.")
        }
        return Finding(name, .ok, "every \(seconds) s")
    }

    /// The broker does not tell what it is set to.
    private var holding: Finding {
        let longest = Envelope.longestHold / 60_000
        let then =
            known?.cancelsSlowConsumers == true
            ? "cancels the consumer" : "closes the channel, with all that it holds"
        return Finding(
            "consumer timeout", .ok,
            "no command is held for more than \(longest) min, whatever its own time; after 30 min RabbitMQ \(then), "
                + "unless its consumer_timeout, which cannot be read from here, says otherwise")
    }

    /// Who serves which.
    private var shards: Finding? {
        let count = configuration.commands.shards
        guard count > 1, let known else { return nil }
        let name = "shards"
        guard !known.spreadsShards else {
            return Finding(
                name, .ok, "\(count), spread over the processes by the priorities of their consumers")
        }
        return Finding(
            name, .ok,
            "\(count); RabbitMQ \(version) gives each to the process that came first, and to the next when that ends: "
                + "from 4.0 on they are spread by the priorities of consumers")
    }

    /// The bridge's own arguments are good on every version that is known. Those of others may not be.
    private var queuesOfOthers: Finding? {
        guard configuration.topology != .declare, let known else { return nil }
        var notes: [String] = []
        notes.append(
            known.losesWithoutLimit
                ? "x-delivery-limit: -1 loses a command when it is first given back"
                : "x-delivery-limit: -1 lets a command that crashes its consumer circle for ever")
        if !known.hasDeliveryLimit {
            notes.append("without x-delivery-limit a command given back goes behind others")
        }
        if !known.delaysRetries { notes.append("x-delayed-retry-… has no effect") }
        if !known.honoursPriorities { notes.append("priorities have no effect in the queue") }
        let looked =
            configuration.topology == .none
            ? "; their arguments were not looked at, as amqp.topology is none" : ""
        return Finding(
            "queues of others", .ok, "on RabbitMQ \(version) " + notes.joined(separator: ", ") + looked)
    }
}
