import Bridge
import Foundation
import GWS
import TestSupport
import Testing

@testable import gws_bridge

@Suite struct AgentsFileTests {
    @Test func `an agent has a name, a user name and a password`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("s3cret\n", to: "secrets/5001")
        let path = try directory.write(
            """
            agents:
              - name: "5001"
                user-name: 5001@example
                password-file: secrets/5001
                login: observe
              - {name: "5002", password-env: PASSWORD_5002}
            """, to: "agents.yaml")
        let agents = try AgentsFile(path: path, environment: ["PASSWORD_5002": "other"]).agents
        #expect(
            agents == [
                AgentConfiguration(
                    AgentCredentials(agent: "5001", userName: "5001@example", password: "s3cret")),
                AgentConfiguration(AgentCredentials(agent: "5002", userName: "5002", password: "other")),
            ])
    }

    @Test(arguments: [
        ("agents: []", "agents.yaml: agents: must be a list of at least one agent"),
        ("", "agents.yaml: agents: must be a list of at least one agent"),
        ("agent:\n  - name: a", "agents.yaml:1: agent: unknown key; did you mean \"agents\"?"),
        ("agents:\n  - 5001", "agents.yaml:2: agents[0]: must be a mapping, like name: \"5001\""),
        ("agents:\n  - user-name: a", "agents.yaml:2: agents[0].name: is missing"),
        (
            "agents:\n  - name: a",
            "agents.yaml:2: agents[0].password-file: is missing; give it or password-env"
        ),
        (
            "agents:\n  - name: a\n    pasword-env: P",
            "agents.yaml:3: agents[0].pasword-env: unknown field; did you mean \"password-env\"?"
        ),
        (
            "agents:\n  - {name: a, password-env: NOT_THERE}",
            "agents.yaml:2: agents[0].password-env: the variable NOT_THERE is not set"
        ),
        (
            "agents:\n  - {name: a, password-env: GWS_BRIDGE_P}",
            "agents.yaml:2: agents[0].password-env: GWS_BRIDGE_P must not begin with GWS_BRIDGE_, "
                + "such names are the configuration's"
        ),
        (
            "agents:\n  - {name: a, password-env: P, password-file: f}",
            "agents.yaml:2: agents[0].password-env: is there beside password-file; give one of them"
        ),
        (
            "agents:\n  - {name: a, password-env: P}\n  - {name: a, password-env: P}",
            "agents.yaml:3: agents[1].name: \"a\" is there twice"
        ),
        (
            "agents:\n  - {name: a, password-env: P, login: begin}",
            "agents.yaml:2: agents[0].login: is \"begin\", but must be observe or start"
        ),
        (
            "agents:\n  - {name: a, password-env: P, place: SIP_1}",
            "agents.yaml:2: agents[0].place: has an effect with login: start only; leave it out"
        ),
        (
            "agents:\n  - {name: a, password-env: P, login: observe, channels: [voice]}",
            "agents.yaml:2: agents[0].channels: has an effect with login: start only; leave it out"
        ),
        (
            "agents:\n  - {name: a, password-env: P, login-code: 1}",
            "agents.yaml:2: agents[0].login-code: has an effect with login: start only; leave it out"
        ),
        (
            "agents:\n  - {name: a, password-env: P, login: start, channels: []}",
            "agents.yaml:2: agents[0].channels: must be a list of names, like [voice]"
        ),
        (
            "agents:\n  - {name: a, password-env: P, login: start, channels: voice}",
            "agents.yaml:2: agents[0].channels: must be a list of names, like [voice]"
        ),
        (
            "agents:\n  - {name: a, password-env: P, login: start, place: ''}",
            "agents.yaml:2: agents[0].place: is empty; leave it out"
        ),
        (
            "agents:\n  - {name: a, password-file: /not/there}",
            "/not/there: cannot be read; is it there, and may this user read it?"
        ),
    ])
    func `a wrong file is refused with the field`(yaml: String, message: String) {
        #expect(throws: ConfigurationError(message)) {
            try AgentsFile(yaml: yaml, path: "agents.yaml", environment: ["P": "p"])
        }
    }

    @Test func `an agent may be logged in by the bridge`() throws {
        let yaml = """
            agents:
              - {name: a, password-env: P, login: start}
              - name: b
                password-env: P
                login: start
                channels: [voice, chat]
                place: SIP_1
                login-code: "0100"
                queue: 9001@SIP_Switch
                device-path: /devices/1
            """
        let agents = try AgentsFile(yaml: yaml, path: "agents.yaml", environment: ["P": "p"]).agents
        #expect(
            agents.map(\.login) == [
                .start(ContactCenterOptions()),
                .start(
                    ContactCenterOptions(
                        channels: ["voice", "chat"], place: "SIP_1", loginCode: "0100",
                        queue: "9001@SIP_Switch", devicePath: "/devices/1")),
            ])
    }

    @Test func `an empty password is refused`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("\n", to: "password")
        #expect(throws: ConfigurationError("\(path): is empty, but must hold a password")) {
            try PasswordFile.read(path)
        }
    }

    @Test func `only the line end of a password is cut off`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(" a b \r\n", to: "password")
        #expect(try PasswordFile.read(path) == " a b ")
    }
}
