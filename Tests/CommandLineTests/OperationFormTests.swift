import GWS
import Testing

@testable import gws_bridge

/// What a person types, made parameters of an operation.
@Suite struct OperationFormTests {
    @Test(arguments: [
        ("Dial destination=5002", #""destination":{"phoneNumber":"5002"}"#),
        (#"Dial destination={"phoneNumber": "5002"}"#, #""destination":{"phoneNumber": "5002"}"#),
        (
            #"Dial destination=5002 userData={"a": "b c"}"#,
            #""destination":{"phoneNumber":"5002"},"userData":{"a": "b c"}"#
        ),
        (#"StartContactCenterSession channels="voice, chat""#, #""channels":["voice","chat"]"#),
        ("StartContactCenterSession channels=voice,chat", #""channels":["voice","chat"]"#),
        ("ready workmode=autoin", #""workmode":"AutoIn""#),
        ("SendDtmf digits=12", #""digits":"12""#),
        ("ForwardCallsOn destination=5001", #""destination":"5001""#),
        ("SwapCalls otherCallUri=2", #""otherCallId":"B""#),
        ("SwapCalls otherCallUri=00RV", #""otherCallId":"00RV""#),
        ("SwapCalls otherCallId=00RV", #""otherCallId":"00RV""#),
        ("SwapCalls otherCallUri=http://gws/me/calls/1", #""otherCallUri":"http://gws/me/calls/1""#),
        (
            #"Levitate height=2 why="for fun" how={"fast":true}"#,
            #""height":2,"why":"for fun","how":{"fast":true}"#
        ),
    ])
    func `a typed operation is what was meant`(line: String, members: String) throws {
        let form = try OperationForm(line: line, call: "A", calls: ["A", "B"])
        #expect(form.questions.isEmpty)
        let body = String(decoding: try form.command(of: "5001").body(), as: UTF8.self)
        #expect(body.hasSuffix("\"\(form.operation)\",\(members)}"))
    }

    @Test(arguments: [
        ("Hold agent=5002", "@ chooses another"), ("Hold operationName=Hangup", "stands in front"),
        ("", "Which operation?"), ("Dial 5002", "no parameter"), ("SendDtmf digits=x", "digits must be"),
        ("Dial destination=1 destination=2", "given twice"), ("Ready workmode=Never", "must be one of"),
        ("SwapCalls otherCallUri=9", "There is no call 9"), ("UpdateUserData userData={", "must be JSON"),
        ("UpdateUserData userData=1", "must be an object"),
    ])
    func `a typed operation that cannot be is refused with a sentence`(line: String, reason: String) {
        #expect {
            try OperationForm(line: line, call: "A", calls: ["A", "B"])
        } throws: {
            ($0 as? OperationParameter.Refusal)?.reason.contains(reason) == true
        }
    }

    @Test func `what is needed and not given is asked for`() throws {
        let form = try OperationForm(line: "Dial", call: nil, calls: [])
        #expect(form.questions.map(\.name) == ["destination"])
    }

    @Test func `an answer that is none is asked for again`() {
        var form = OperationForm("SendDtmf", call: "A")
        form.answer("", calls: [])
        #expect(form.problem == "digits is needed.")
        form.answer("1a", calls: [])
        #expect(form.problem?.hasPrefix("digits must be") == true)
        form.answer("12", calls: [])
        #expect(form.problem == nil && form.questions.isEmpty)
    }

    @Test func `an operation of the agent is not sent to the selected call`() throws {
        #expect(try OperationForm(line: "Ready", call: "A", calls: ["A"]).call == nil)
        #expect(try OperationForm(line: "Hold", call: "A", calls: ["A"]).call == "A")
        #expect(try OperationForm(line: "Hold callId=B", call: "A", calls: ["A"]).call == nil)
    }

    @Test(arguments: OperationCatalogue.all)
    func `every operation of the catalogue can be given by its examples`(row: OperationDefinition) throws {
        var form = OperationForm(row.name, call: "A")
        for parameter in row.parameters {
            // As a person writes it: without quotes.
            form.answer(
                parameter.example.hasPrefix("\"")
                    ? String(parameter.example.dropFirst().dropLast()) : parameter.example, calls: [])
        }
        #expect(form.problem == nil && form.questions.isEmpty)
    }
}
