import AMQP
import GWSSimulator
import RawJSON
import TestSupport
import Testing

/// Whatever GWS tells is published as it came, under the key of what it is about.
struct NotificationTests {
    @Test func `a message about several devices is an event of each`() async throws {
        var site = SimulatorConfiguration()
        site.agents[0].numbers = ["5001", "6001"]
        try await Stage.run(simulator: site) { stage in
            try await stage.simulator.operateDevice(#"{"operationName":"DoNotDisturbOn"}"#, of: "5001")
            let emitted = try await stage.simulator.notification { $0.type == "DeviceStateChangeMessage" }
            let devices = try await stage.simulator.deviceIDs(of: "5001")
            #expect(devices.count == 2)
            for device in devices {
                let event = try await stage.client.event("the device's event") {
                    $0.routingKey == "device.\(device).DeviceStateChangeMessage"
                        && $0.properties.headers["gws-origin"]?.string == "live"
                }
                #expect(event.text == emitted.message)
                #expect(event.properties.headers["gws-device-id"]?.string == device)
                #expect(event.properties.type == "DeviceStateChangeMessage")
            }
        }
    }

    @Test(arguments: [nil, "Invalid destination"])
    func `an error message is published under what it names, with details or without`(message: String?)
        async throws
    {
        try await Stage.run { stage in
            let call = try await stage.establishedCall()
            let device = try await stage.device(of: "5001")
            try await stage.simulator.tellError(message, to: "5001", call: call)
            try await stage.simulator.tellError(message, to: "5001")
            for key in ["call.\(call).ErrorMessage", "device.\(device).ErrorMessage"] {
                let event = try await stage.client.event(key) { $0.routingKey == key }
                let data = try RawJSON(event.body)["data"]
                #expect(data?["errorMessage"]?.string == message)
            }
        }
    }

    @Test(arguments: [
        (#"{"messageType":"ErrorMessage"}"#, "/v2/me/devices", "agent.5001.ErrorMessage"),
        (
            #"{"notificationType":"PasswordChangeError","errorCode":2}"#, "/v2/me",
            "agent.5001.-"
        ),
        (
            #"{"messageType":"ChannelStateChangeMessageV2","channels":[]}"#, "/v2/me/channels",
            "agent.5001.ChannelStateChangeMessageV2"
        ),
        (
            #"{"messageType":"CallStateChangeMessage","notificationType":"Levitated","call":{"id":"a.b","height":1.50}}"#,
            "/v2/me/calls", "call.a%2Eb.Levitated"
        ),
        (#""a text""#, "/v2/me/calls", "agent.5001.-"), ("[[1],null]", "/v2/me/odd", "agent.5001.-"),
    ])
    func `what nobody knows passes through unharmed`(data: String, channel: String, key: String)
        async throws
    {
        try await Stage.run { stage in
            let emitted = try await stage.simulator.push(data, on: channel, to: "5001")
            let event = try await stage.client.event("the event") { $0.text == emitted.message }
            #expect(event.routingKey == key)
            #expect(event.properties.headers["gws-channel"]?.string == channel)
        }
    }

    @Test func `a device that is named twice is an event once, and a crowd of them is the agent's`()
        async throws
    {
        @Sendable func data(_ count: Int) -> String {
            let devices = (0..<count).map { #"{"id":"d\#($0 / 2)"}"# }.joined(separator: ",")
            return #"{"messageType":"Crowd\#(count)","devices":[\#(devices)]}"#
        }
        try await Stage.run { stage in
            _ = try await stage.simulator.push(data(4), on: "/v2/me/devices", to: "5001")
            _ = try await stage.simulator.push(data(1000), on: "/v2/me/devices", to: "5001")
            _ = try await stage.client.event("the crowd") { $0.routingKey == "agent.5001.Crowd1000" }
            let keys = stage.client.events.map(\.routingKey).filter { $0.contains("Crowd") }
            #expect(keys == ["device.d0.Crowd4", "device.d1.Crowd4", "agent.5001.Crowd1000"])
        }
    }

    @Test(arguments: [Int64.min, -1, .max])
    func `a time that is none is passed on as it came`(time: Int64) async throws {
        let data =
            #"{"messageType":"Odd","metrics":{"eventProcessing":{"serverGenerationTimestamp":\#(time)}}}"#
        try await Stage.run { stage in
            let emitted = try await stage.simulator.push(data, on: "/v2/me/odd", to: "5001")
            let event = try await stage.client.event("the event") { $0.text == emitted.message }
            #expect(event.properties.headers["gws-generated-at"]?.int == time)
            // It is counted after that, and the bridge lives on.
            _ = try await stage.establishedCall()
        }
    }

    @Test func `a back end that goes is told`() async throws {
        try await Stage.run { stage in
            try await stage.simulator.setService("Voice", isActive: false)
            let event = try await stage.client.event("the service's event") {
                $0.properties.headers["gws-channel"]?.string == "/notifications/services"
            }
            #expect(event.routingKey == "agent.5001.ServiceStateChangeMessage")
        }
    }

    @Test(arguments: ReplyOrder.allCases)
    func `an event may come before the reply, with it and after it`(order: ReplyOrder) async throws {
        var site = SimulatorConfiguration()
        site.replyOrder = order
        try await Stage.run(simulator: site) { stage in
            let call = try await stage.establishedCall()
            for (operation, state) in [("Hold", "Held"), ("Retrieve", "Established"), ("Hangup", "Released")]
            {
                let seen = stage.client.events.count
                let id = try await stage.client.send(operation, call: call)
                #expect(try await stage.client.reply(to: id).outcome == "confirmed")
                try await eventually(within: .seconds(10), "\(operation) shows") {
                    stage.client.events.dropFirst(seen).contains {
                        $0.properties.headers["gws-call-state"]?.string == state
                    }
                }
            }
        }
    }

    @Test func `older versions' participants pass through, and the state is read all the same`() async throws
    {
        var site = SimulatorConfiguration()
        site.calls.oldFormats = true
        try await Stage.run(simulator: site) { stage in
            let call = try await stage.establishedCall()
            let event = try await stage.client.event("the call is established") {
                $0.properties.headers["gws-call-state"]?.string == "Established"
            }
            #expect(event.properties.headers["gws-call-id"]?.string == call)
            let participants = try RawJSON(event.body)["data"]?["call"]?["participants"]
            #expect(participants?.elements.contains { $0.string != nil } == true)
        }
    }
}
