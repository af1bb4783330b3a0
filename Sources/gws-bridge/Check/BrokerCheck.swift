import AMQP
import Bridge
import Logging

/// Whether the broker is there, lets us in and do what we must, and has the exchanges and queues.
struct BrokerCheck: Sendable {
    let configuration: BridgeConfiguration

    func findings() async -> [Finding] {
        let probe = BrokerProbe(broker: configuration.broker)
        let advice: BrokerAdvice
        do {
            advice = try await probe.link { link in
                BrokerAdvice(
                    product: link.server.product, version: link.server.version,
                    endpoint: link.server.endpoint, frameMax: link.frameMax, heartbeat: link.heartbeat,
                    configuration: configuration)
            }
        } catch {
            return [unreached(error)]
        }
        let names = Names(prefix: configuration.prefix)
        let topology = BridgeTopology(
            names: names, deliveryLimit: configuration.commands.deliveryLimit,
            shards: Shards(configuration.commands.shards), events: configuration.events)
        var findings = advice.findings + (await spares(besides: advice.endpoint))
        if advice.product != "RabbitMQ" {
            findings.append(
                Finding("permissions", .ok, "not looked at: how is known of RabbitMQ only"))
        } else {
            findings += await PermissionCheck(
                configuration: configuration, names: names, topology: topology, version: advice.known,
                probe: probe
            ).findings()
        }
        return findings + [await otherShards(names)].compactMap(\.self)
            + (await TopologyCheck(
                configuration: configuration, names: names, topology: topology, version: advice.known,
                probe: probe
            ).findings())
    }

    /// Whether the broker has queues of another number of shards.
    private func otherShards(_ names: Names) async -> Finding? {
        do {
            try await Shards(configuration.commands.shards).check(
                on: configuration.broker, names, Logger.silent)
            return nil
        } catch let failure as BridgeFailure {
            return Finding(
                "shards", .failure, "the broker has queues of another number of them",
                remedy: failure.description)
        } catch {
            return Finding("shards", .warning, "\(error)", remedy: "Run the check once more.")
        }
    }

    /// Those that are tried while the one that answered is away. That they are not right is not seen before.
    private func spares(besides reached: Broker.Endpoint) async -> [Finding] {
        var findings: [Finding] = []
        for endpoint in configuration.broker.endpoints where endpoint != reached {
            var broker = configuration.broker
            broker.endpoints = [endpoint]
            do {
                let found = try await BrokerProbe(broker: broker).link {
                    "\($0.server.product) \($0.server.version)"
                }
                findings.append(Finding("broker", .ok, "\(found) at \(endpoint), for when others are away"))
            } catch {
                let failure = unreached(error)
                findings.append(Finding("broker", .warning, failure.message, remedy: failure.remedy))
            }
        }
        return findings
    }

    private func unreached(_ error: AMQPError) -> Finding {
        let remedy =
            BridgeFailure.remedy(for: error, names: "\(configuration.prefix).*")
            ?? "See amqp.url, and whether the broker runs and can be reached from here."
        return Finding("broker", .failure, "\(error)", remedy: remedy)
    }
}
