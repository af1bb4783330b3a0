import Bridge
import Foundation
import GWS

extension Settings {
    /// Everything that the bridge must be told. Reads the files that passwords are in.
    func bridgeConfiguration() throws(ConfigurationError) -> BridgeConfiguration {
        var configuration = BridgeConfiguration(
            instance: text("instance") ?? Self.thisProcess, broker: try broker(), server: try server(),
            agents: try agents())
        configuration.prefix = text("prefix") ?? configuration.prefix
        configuration.topology = text("amqp.topology").flatMap(BridgeConfiguration.Topology.init) ?? .declare
        configuration.subscriptions = list("gws.subscriptions")
        configuration.acknowledge = flag("gws.acknowledge")
        configuration.commands.shards = number("commands.shards")
        configuration.commands.prefetch = UInt16(number("commands.prefetch"))
        configuration.commands.concurrency = number("commands.concurrency")
        configuration.commands.lifetime = duration("commands.lifetime")
        configuration.commands.confirms = text("commands.confirm") == "on"
        configuration.commands.confirmWithin = duration("commands.confirm-within")
        configuration.commands.deliveryLimit = number("commands.delivery-limit")
        configuration.events = try events()
        configuration.store = store
        configuration.allowedUnknownOperations = Set(list("operations.allow-unknown"))
        configuration.permissions = permissions
        configuration.shutdownTimeout = duration("shutdown.timeout")
        return configuration
    }

    func server() throws(ConfigurationError) -> GWSServer {
        guard let url = text("gws.url") else {
            throw ConfigurationError("gws.url: is not set; give GWS, like http://host:8080")
        }
        do {
            return try GWSServer(
                url: url, connectTimeout: duration("gws.connect-timeout"),
                requestTimeout: duration("gws.request-timeout"),
                caFile: text("gws.tls.ca-file"), loginRate: Double(number("gws.login-rate")))
        } catch {
            throw ConfigurationError(at: origin("gws.url"), "gws.url", "\(error)")
        }
    }

    private func events() throws(ConfigurationError) -> BridgeConfiguration.Events {
        var events = BridgeConfiguration.Events()
        events.cloudEvents = flag("events.cloud-events")
        if flag("events.stream.enabled") {
            var stream = BridgeConfiguration.Events.Stream()
            stream.maxAge = duration("events.stream.max-age")
            stream.maxSize = Int64(size("events.stream.max-size"))
            events.stream = stream
        }
        let key = "events.alternate-exchange"
        events.alternateExchange = text(key)
        let own = [names.commands, names.undelivered, names.events, names.outcomes, names.deadLetters]
        if let alternate = events.alternateExchange, own.contains(alternate) {
            throw ConfigurationError(
                at: origin(key), key, "\(alternate) is the bridge's own; give an exchange of yours")
        }
        return events
    }

    var permissions: Permissions {
        Permissions(
            allowsByDefault: text("permissions.default") == "allow", rules: rules("permissions.rules"))
    }

    var store: BridgeConfiguration.Store {
        var store = BridgeConfiguration.Store()
        store.directory = text("store.directory")
        store.keepsLedger = text("store.ledger") != "off"
        store.ledgerAge = duration("store.ledger-age")
        store.ledgerCount = number("store.ledger-count")
        store.spoolSize = Int64(size("store.spool-size"))
        store.spoolAge = duration("store.spool-age")
        let durability = text("store.durability")
        store.durability = durability.flatMap(BridgeConfiguration.Store.Durability.init) ?? .process
        return store
    }

    /// Host name and process id: unique enough to tell processes apart in logs and events.
    private static var thisProcess: String {
        let process = ProcessInfo.processInfo
        return "\(process.hostName)-\(process.processIdentifier)"
    }
}
