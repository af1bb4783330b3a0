import Testing

@testable import gws_bridge

@Suite struct CommandMessageTests {
    @Test func `a command has its address and operation`() throws {
        let command = CommandMessage(operation: "StartCallRecording", agent: "5001", call: "00RV")
        #expect(
            try command.text == #"{"agent":"5001","callId":"00RV","operationName":"StartCallRecording"}"#)
    }

    @Test(arguments: [
        ("digits=12", #""digits":12"#), ("key=abc", #""key":"abc""#), ("key=", #""key":"""#),
        ("flag=true", #""flag":true"#), ("key=null", #""key":"null""#), ("n=1.50", #""n":1.50"#),
        ("big=12345678901234567890", #""big":12345678901234567890"#),
        (#"destination={"phoneNumber":"5002"}"#, #""destination":{"phoneNumber":"5002"}"#),
        ("list=[1, 2]", #""list":[1, 2]"#), ("text=a=b", #""text":"a=b""#),
        (#"q=say "hi""#, #""q":"say \"hi\"""#),
        (#"s="5001""#, #""s":"\"5001\"""#), ("number=+4930", #""number":"+4930""#),
    ])
    func `a parameter that the catalogue does not know is JSON where it can be, else a string`(
        parameter: String, member: String
    ) throws {
        let command = CommandMessage(operation: "Op", parameters: [parameter])
        #expect(try command.text == #"{"operationName":"Op",\#(member)}"#)
    }

    @Test(arguments: [
        ("SendDtmf", "digits=0123", #""digits":"0123""#),
        ("RemoveParticipantFromConference", "participant=5002", #""participant":"5002""#),
        ("ForwardCallsOn", "destination=5002", #""destination":"5002""#),
        ("ForwardCallsOn", "destination=true", #""destination":"true""#),
        ("AfterCallWork", "wrapUpTime=0", #""wrapUpTime":"0""#),
        ("Ready", "workmode=AutoIn", #""workmode":"AutoIn""#),
        ("SwapCalls", "otherCallUri=http://gws/c", #""otherCallUri":"http://gws/c""#),
        ("SwapCalls", "otherCallId=0071022", #""otherCallId":"0071022""#),
        ("DeleteUserDataPair", #"key={"a":1}"#, #""key":"{\"a\":1}""#),
        ("Dial", "destination=5002", #""destination":{"phoneNumber":"5002"}"#),
        ("Dial", "destination=+4930 123", #""destination":{"phoneNumber":"+4930 123"}"#),
        ("Dial", #"destination={"phoneNumber":"5002"}"#, #""destination":{"phoneNumber":"5002"}"#),
        ("Dial", #"userData={"n":1.50}"#, #""userData":{"n":1.50}"#),
        ("Dial", "location=7", #""location":"7""#),
        ("Dial", "more=7", #""more":7"#),
        ("StartContactCenterSession", "channels=voice", #""channels":["voice"]"#),
        ("StartContactCenterSession", "channels=voice, chat", #""channels":["voice","chat"]"#),
        ("StartContactCenterSession", "channels=voice,chat", #""channels":["voice","chat"]"#),
        ("StartContactCenterSession", #"channels=["voice"]"#, #""channels":["voice"]"#),
        ("StartContactCenterSession", "place=5001", #""place":"5001""#),
    ])
    func `a parameter of the catalogue becomes what its operation wants`(
        operation: String, parameter: String, member: String
    ) throws {
        let command = CommandMessage(operation: operation, parameters: [parameter])
        #expect(try command.text == #"{"operationName":"\#(operation)",\#(member)}"#)
    }

    @Test func `members of the JSON body stand as they came`() throws {
        let command = CommandMessage(
            operation: "Op", agent: "a", parameters: ["x=1"],
            json: #"{"digits":"12","operationName":"Op","n":1.10}"#)
        #expect(try command.text == #"{"agent":"a","operationName":"Op","digits":"12","n":1.10,"x":1}"#)
    }

    @Test(arguments: [
        CommandMessage(operation: "Op", call: "a", device: "b"),
        CommandMessage(operation: "Op", parameters: ["x"]),
        CommandMessage(operation: "Op", parameters: ["=x"]),
        CommandMessage(operation: "Op", parameters: ["x=1", "x=2"]),
        CommandMessage(operation: "Op", parameters: ["operationName=Other"]),
        CommandMessage(operation: "Op", json: "[]"),
        CommandMessage(operation: "Op", json: "{"),
        CommandMessage(operation: "Op", json: #"{"a":1,"a":2}"#),
        CommandMessage(operation: "Op", json: #"{"operationName":"Other"}"#),
    ])
    func `what makes no sense is wrong usage`(command: CommandMessage) throws {
        let failure = try #require(throws: CommandFailure.self) { try command.body() }
        #expect(failure.code == .usage)
    }
}

extension CommandMessage {
    fileprivate var text: String { get throws { String(decoding: try body(), as: UTF8.self) } }
}
