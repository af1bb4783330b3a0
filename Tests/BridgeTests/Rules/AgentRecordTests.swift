import GWS
import RawJSON
import Testing

@testable import Bridge

struct AgentRecordTests {
    private var change = AgentChange(agent: "5001", epoch: "e", sequence: 1)
    private var record = AgentRecord(epoch: "e", sequence: 1)

    private mutating func note(_ notifications: GWS.Notification...) {
        for notification in notifications { record.note(notification, in: &change) }
    }

    /// In the store it is what it is in memory.
    private var stored: AgentRecord {
        var stored = AgentRecord(epoch: "e", sequence: 1)
        for (id, call) in change.calls { stored.calls[id] = call }
        stored.devices = change.devices
        return stored
    }

    @Test mutating func `calls and devices are kept as they were told last`() {
        note(.call("A", "Ringing"), .devices(["d": "Ready", "e": "Ready"]), .call("A", "Held"))
        note(.devices(["d": "NotReady"]))
        #expect(record.calls.mapValues(\.description) == ["A": #"{"id":"A","state":"Held"}"#])
        #expect(record.devices["d"]?["userState"]?["state"]?.string == "NotReady")
        #expect(record.devices.count == 2)
        #expect(stored == record)
    }

    @Test mutating func `a call that is over is not kept, and the change says so`() {
        note(.call("A", "Held"), .call("A", "Released"), .call("B", "Released"))
        #expect(record.calls.isEmpty)
        #expect(change.calls == ["A": nil, "B": nil])
    }

    @Test mutating func `what says nothing of a call's state changes nothing`() {
        note(.call("A", "Held"), .failure(ofCall: "A"), .failure())
        #expect(record.calls.keys.sorted() == ["A"])
        #expect(change.calls.count == 1)
    }

    @Test mutating func `a call under an id that is not its own is not known any more`() throws {
        note(.call("A", "Held"))
        let odd = try RawJSON(
            Array(#"{"data":{"call":{"id":"B","id":"A","state":"Ringing"}}}"#.utf8),
            limits: .init(allowsDuplicateKeys: true))
        note(GWS.Notification(odd, channel: "", receivedAt: 0))
        #expect(record.calls.isEmpty)
        #expect(change.calls == ["A": nil])
    }

    @Test mutating func `a server that makes up calls and devices without end does not fill the memory`() {
        note(.call("first", "Held"), .devices(["first": "Ready"]))
        for number in 0..<(AgentRecord.capacity + 10) {
            note(.call("\(number)", "Held"), .devices(["\(number)": "Ready"]))
        }
        note(.call("first", "Ringing"))
        #expect(record.calls.count == AgentRecord.capacity)
        #expect(record.devices.count == AgentRecord.capacity)
        #expect(record.calls["first"]?["state"]?.string == "Ringing")
        #expect(stored == record)
    }

    // MARK: - A reading

    private mutating func take(calls: [String], devices: [String] = []) {
        change = record.take(
            calls: calls.map(RawJSON.sample), devices: devices.map(RawJSON.sample), of: "5001")
    }

    @Test mutating func `after a reading a call that was not among those read is over`() {
        note(.call("A", "Held"), .call("B", "Held"), .call("C", "Held"), .devices(["d": "Ready"]))
        record.unbrokenUntil = 9
        take(
            calls: [
                #"{"id":"B","state":"Ringing"}"#, #"{"id":"C","state":"Released"}"#,
                #"{"id":"N","state":"Held"}"#,
            ],
            devices: [#"{"id":"e"}"#])
        #expect(record.calls.mapValues { $0["state"]?.string } == ["B": "Ringing", "N": "Held"])
        #expect(
            change
                == AgentChange(
                    agent: "5001", epoch: "e", sequence: 1, unbrokenUntil: 9,
                    calls: ["A": nil, "C": nil, "B": record.calls["B"], "N": record.calls["N"]],
                    devices: ["e": .sample(#"{"id":"e"}"#)]))
    }

    @Test mutating func `a device that was not among those read stays known, for nobody was told`() {
        note(.devices(["d": "Ready"]))
        take(calls: [], devices: [#"{"id":"e"}"#])
        #expect(record.devices.keys.sorted() == ["d", "e"])
    }

    @Test mutating func `while one that was read has no id none is taken to be over`() {
        note(.call("A", "Held"))
        take(calls: ["{}", #"{"id":"B","state":"Held"}"#])
        #expect(record.calls.keys.sorted() == ["A", "B"])
        #expect(change.calls.keys.sorted() == ["B"])
    }

    @Test mutating func `after a reading nothing differs from it`() {
        let calls = [
            #"{"id":"A","state":"Held"}"#, #"{"id":"A","state":"Ringing"}"#,
            #"{"id":"B","state":"Released"}"#,
        ]
        take(calls: calls, devices: [#"{"id":"d"}"#])
        let resync = Resync(
            known: record.calls, devices: record.devices, calls: calls.map(RawJSON.sample),
            devices: [.sample(#"{"id":"d"}"#)], publishesAll: false)
        #expect(resync.differences(at: 7).isEmpty)
        #expect(Set(resync.callIDs) == Set(record.calls.keys))
    }
}
