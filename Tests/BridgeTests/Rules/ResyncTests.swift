import GWS
import RawJSON
import Testing

@testable import Bridge

struct ResyncTests {
    private static let held =
        #"{"id":"A","state":"Held","capabilities":["Retrieve","Hangup"],"duration":"5"}"#

    private func resync(
        known: [String: String] = [:], knownDevices: [String: String] = [:], calls: [String] = [],
        devices: [String] = [], publishesAll: Bool = false
    ) -> Resync {
        Resync(
            known: known.mapValues(RawJSON.sample), devices: knownDevices.mapValues(RawJSON.sample),
            calls: calls.map(RawJSON.sample), devices: devices.map(RawJSON.sample), publishesAll: publishesAll
        )
    }

    private func bodies(_ resync: Resync) -> [String] {
        resync.differences(at: 7).map { String(decoding: $0.notification.body, as: UTF8.self) }
    }

    // MARK: - Calls

    @Test func `a call that nobody knew of is told as GWS would, marked as read`() throws {
        let differences = resync(calls: [Self.held]).differences(at: 7)
        let difference = try #require(differences.first)
        #expect(differences.count == 1)
        #expect(
            difference.notification.json.description
                == #"{"data":{"messageType":"CallStateChangeMessage","notificationType":"StatusChange","#
                + #""call":\#(Self.held)},"channel":"/v2/me/calls"}"#)
        #expect(difference.notification.callID == "A")
        #expect(difference.notification.callState == "Held")
        #expect(difference.notification.channel == "/v2/me/calls")
        #expect(difference.notification.receivedAt == 7)
        #expect(difference.deviceID == nil)
        #expect(!difference.isInferred)
    }

    @Test(arguments: [
        held, #"{"duration":"9","state":"Held","id":"A","capabilities":["Hangup","Retrieve"]}"#,
        #"{ "id": "\u0041", "state": "Held", "capabilities": ["Retrieve", "Hangup"] }"#,
    ])
    func `a call that is as it was is not told`(read: String) {
        #expect(bodies(resync(known: ["A": Self.held], calls: [read])).isEmpty)
    }

    @Test(arguments: [
        #"{"id":"A","state":"Established","capabilities":["Retrieve","Hangup"],"duration":"5"}"#,
        #"{"id":"A","state":"Held","capabilities":["Retrieve"],"duration":"5"}"#,
        #"{"id":"A","state":"Held","capabilities":["Retrieve","Hangup"],"duration":"5","userData":{"duration":"5"}}"#,
        #"{"id":"A","state":"Held","capabilities":["Retrieve","Hangup"],"duration":"5","case":[]}"#,
        #"{"id":"A","state":"Held","duration":"5"}"#,
    ])
    func `any other member that differs, or is there on one side only, is told`(read: String) {
        #expect(bodies(resync(known: ["A": Self.held], calls: [read])).count == 1)
        #expect(bodies(resync(known: ["A": read], calls: [Self.held])).count == 1)
    }

    @Test func `what is within a call's data counts, a duration too`() {
        let known = #"{"id":"A","userData":{"x":{"duration":"1","capabilities":[1,2]}}}"#
        let reads = [
            #"{"id":"A","userData":{"x":{"duration":"2","capabilities":[1,2]}}}"#,
            #"{"id":"A","userData":{"x":{"duration":"1","capabilities":[2,1]}}}"#,
        ]
        for read in reads { #expect(bodies(resync(known: ["A": known], calls: [read])).count == 1) }
    }

    @Test func `a call that is gone is told as over, and otherwise as it was`() throws {
        let known =
            #"{"id":"A","state":"Held","parentCallUri":"/x","capabilities":[ "Hangup" ],"userData":{"n":1.0}}"#
        let difference = try #require(resync(known: ["A": known]).differences(at: 7).first)
        #expect(difference.isInferred)
        #expect(difference.notification.callID == "A")
        #expect(difference.notification.callState == "Released")
        #expect(
            difference.notification.json["data"]?["call"]?.description
                == #"{"id":"A","state":"Released","parentCallUri":"/x","capabilities":[],"userData":{"n":1.0}}"#
        )
    }

    @Test func `a call that was over already is not told to be gone`() {
        #expect(bodies(resync(known: ["A": #"{"id":"A","state":"Released"}"#])).isEmpty)
    }

    @Test func `a call that is read as over is told by who knew of it, and is none that the agent has`() {
        let over = #"{"id":"A","state":"Released","capabilities":[]}"#
        let known = resync(known: ["A": Self.held], calls: [over])
        #expect(known.differences(at: 7).map(\.isInferred) == [false])
        #expect(known.callIDs == [])
        #expect(bodies(resync(calls: [over])).isEmpty)
        #expect(bodies(resync(calls: [over], publishesAll: true)).count == 1)
    }

    @Test func `where nothing reliable is known all are told, and those that are gone`() {
        let differences = resync(
            known: ["A": Self.held, "B": #"{"id":"B","state":"Held"}"#],
            knownDevices: ["d": #"{"id":"d"}"#], calls: [Self.held], devices: [#"{"id":"d"}"#],
            publishesAll: true
        ).differences(at: 7)
        #expect(differences.map(\.deviceID) == ["d", nil, nil])
        #expect(differences.map(\.notification.callID) == [nil, "A", "B"])
        #expect(differences.map(\.isInferred) == [false, false, true])
    }

    @Test func `devices come first, calls as they were read, then those that are gone`() {
        let calls = ["C", "A", "B"].map { #"{"id":"\#($0)","state":"Held"}"# }
        let gone = Dictionary(
            uniqueKeysWithValues: ["Z", "Y"].map { ($0, #"{"id":"\#($0)","state":"Held"}"#) })
        let resync = resync(known: gone, calls: calls, devices: [#"{"id":"e"}"#, #"{"id":"d"}"#])
        let differences = resync.differences(at: 7)
        #expect(differences.map(\.deviceID) == ["e", "d", nil, nil, nil, nil, nil])
        #expect(differences.compactMap(\.notification.callID) == ["C", "A", "B", "Y", "Z"])
        #expect(resync.callIDs == ["C", "A", "B"])
        #expect(resync.deviceIDs == ["e", "d"])
    }

    // MARK: - Devices

    @Test func `a device that differs is told as GWS would, one message each`() {
        let devices = [#"{"id":"d","doNotDisturb":"On"}"#, #"{"id":"e","capabilities":["x","y"]}"#]
        let resync = resync(
            knownDevices: [
                "d": #"{"id":"d","doNotDisturb":"Off"}"#, "e": #"{"id":"e","capabilities":["y","x"]}"#,
            ],
            devices: devices)
        #expect(
            bodies(resync) == [
                #"{"data":{"messageType":"DeviceStateChangeMessage","devices":[{"id":"d","doNotDisturb":"On"}]},"#
                    + #""channel":"/v2/me/devices"}"#
            ])
        #expect(resync.differences(at: 7).map(\.notification.deviceIDs) == [["d"]])
    }

    @Test func `a device that is gone is not told`() {
        let resync = resync(knownDevices: ["d": #"{"id":"d"}"#])
        #expect(bodies(resync).isEmpty)
        #expect(resync.deviceIDs == [])
    }

    // MARK: - What should not be

    @Test func `of two with one id the last counts`() {
        let resync = resync(calls: [#"{"id":"A","state":"Ringing"}"#, #"{"id":"B"}"#, Self.held])
        #expect(resync.callIDs == ["A", "B"])
        #expect(resync.differences(at: 7).map(\.notification.callState) == ["Held", nil])
    }

    @Test(arguments: ["{}", "7", #""http://gws/api/v2/me/calls/A""#, #"{"id":7}"#, #"{"id":null}"#, "[]"])
    func `while one has no id none is taken to be gone`(nameless: String) {
        let resync = resync(known: ["A": Self.held], calls: [nameless, #"{"id":"B","state":"Held"}"#])
        #expect(resync.differences(at: 7).map(\.notification.callID) == ["B"])
        #expect(resync.callIDs == ["B", "A"])
    }

    @Test(arguments: ["7", "{}", "[]", #"{"id":"X","state":"Held"}"#, #"{"id":"A","id":"X","state":"Held"}"#])
    func `what was kept of a call may be anything, and it is told to be over`(known: String) throws {
        let json = try RawJSON(Array(known.utf8), limits: .init(allowsDuplicateKeys: true))
        let resync = Resync(known: ["A": json], devices: [:], calls: [], devices: [], publishesAll: false)
        let notification = try #require(resync.differences(at: 7).first?.notification)
        #expect(notification.callState == "Released")
        #expect(notification.json["data"]?["call"]?["id"]?.string == "A")
    }

    @Test func `a state that stands twice is over in both places`() throws {
        let known = try RawJSON(
            Array(#"{"id":"A","state":"Held","state":"Ringing"}"#.utf8),
            limits: .init(allowsDuplicateKeys: true))
        let resync = Resync(known: ["A": known], devices: [:], calls: [], devices: [], publishesAll: false)
        #expect(
            resync.differences(at: 7).first?.notification.json["data"]?["call"]?.description
                == #"{"id":"A","state":"Released","state":"Released","capabilities":[]}"#)
    }

    // MARK: - What it is for

    @Test(arguments: [UInt64.random(in: 0...999_999)])
    func `who applies what is told has what was read, whatever was missed`(seed: UInt64) {
        var chance = Chance(seed: seed)
        for _ in 0..<200 {
            var known: [String: RawJSON] = [:]
            for call in randomCalls(&chance) { known[call["id"]?.string ?? ""] = call }
            let read = randomCalls(&chance)
            let resync = Resync(
                known: known, devices: [:], calls: read, devices: [],
                publishesAll: Bool.random(using: &chance))
            var state = known.filter { !$0.value.isOver }
            for difference in resync.differences(at: 7) {
                let call = difference.notification.json["data"]?["call"]
                guard let id = difference.notification.callID else { continue }
                state[id] = difference.notification.callState == "Released" ? nil : call
            }
            let expected = Dictionary(read.map { ($0["id"]?.string ?? "", $0) }) { $1 }.filter {
                !$0.value.isOver
            }
            #expect(Set(state.keys) == Set(expected.keys), "seed \(seed)")
            #expect(Set(resync.callIDs) == Set(expected.keys), "seed \(seed)")
            for (id, call) in state {
                #expect(
                    expected[id].map { call.isEquivalent(to: $0, ignoring: ["duration"]) } == true,
                    "seed \(seed)")
            }
        }
    }

    private func randomCalls(_ chance: inout Chance) -> [RawJSON] {
        (0..<Int.random(in: 0..<6, using: &chance)).map { _ in
            var members = [
                #""id":"\#("ABCDEF".randomElement(using: &chance) ?? "A")""#,
                #""state":"\#(["Held", "Ringing", "Released"].randomElement(using: &chance) ?? "")""#,
                #""duration":"\#(Int.random(in: 0..<9, using: &chance))""#,
            ]
            if Bool.random(using: &chance) { members.append(#""userData":{"a":[1,{"b":2}]}"#) }
            members.shuffle(using: &chance)
            return .sample("{\(members.joined(separator: ","))}")
        }
    }
}
