import GWSSimulator
import Testing

@Suite struct CallOperationTests {
    private static let destination = #""destination":{"phoneNumber":"5003"}"#

    @Test(arguments: [
        (
            #""operationName":"SingleStepTransfer",\#(destination),"location":"Berlin","userData":{"a":{"b":1}}"#,
            CallOperation.singleStepTransfer(
                Destination("5003", userData: [.init("a", ["b": 1])]))
        ),
        (#""operationName":"InitiateTransfer",\#(destination)"#, .initiateTransfer(Destination("5003"))),
        (
            #""operationName":"SingleStepConference",\#(destination)"#,
            .singleStepConference(Destination("5003"))
        ),
        (#""operationName":"InitiateConference",\#(destination)"#, .initiateConference(Destination("5003"))),
        (#""operationName":"CompleteTransfer""#, .completeTransfer(consult: nil)),
        (
            #""operationName":"CompleteConference","consultCallUri":"http://gws/api/v2/me/calls/0N""#,
            .completeConference(consult: "0N")
        ),
        (
            #""operationName":"SwapCalls","otherCallUri":"https://gws/api/v2/me/calls/0N""#,
            .swapCalls(other: "0N")
        ),
        (
            #""operationName":"RemoveParticipantFromConference","participant":"5003""#,
            .removeParticipant("5003")
        ),
        (#""operationName":"SendDtmf","digits":"0123""#, .sendDtmf("0123")),
        (
            #""operationName":"AttachUserData","userData":{"a":1,"a":2}"#,
            .attachUserData([.init("a", 1), .init("a", 2)])
        ),
        (#""operationName":"DeleteUserDataPair","key":"a""#, .deleteUserDataPair("a")),
        (#""operationName":"SwitchToBargeIn""#, .switchToBargeIn),
    ])
    func `an operation is read with its parameters`(members: String, operation: CallOperation) throws {
        #expect(try CallOperation(body: JSON(parsing: "{\(members)}")) == operation)
    }

    @Test(arguments: [
        ("SingleStepTransfer", "", "destination"), ("InitiateTransfer", "", "destination"),
        ("SingleStepConference", "", "destination"), ("InitiateConference", "", "destination"),
        ("InitiateTransfer", #","destination":{}"#, "destination.phoneNumber"),
        ("SwapCalls", "", "otherCallUri"), ("RemoveParticipantFromConference", "", "participant"),
        ("SendDtmf", "", "digits"), ("AttachUserData", "", "userData"), ("UpdateUserData", "", "userData"),
        ("DeleteUserDataPair", "", "key"),
    ])
    func `a required parameter that is missing is code 1`(name: String, more: String, missing: String) throws
    {
        let refusal = try Self.refusal(name, more)
        #expect(refusal == .missing(missing))
        #expect(refusal?.statusCode == 1)
    }

    @Test(arguments: [
        ("SingleStepTransfer", #""destination":"5003""#, "destination"),
        ("InitiateTransfer", #""destination":["5003"]"#, "destination"),
        ("SingleStepConference", #""destination":{"phoneNumber":5003}"#, "destination.phoneNumber"),
        ("InitiateConference", #""destination":{"phoneNumber":""}"#, "destination.phoneNumber"),
        ("InitiateConference", "\(destination),\"location\":1", "location"),
        ("InitiateConference", "\(destination),\"userData\":[]", "userData"),
        ("CompleteTransfer", #""consultCallUri":7"#, "consultCallUri"),
        ("CompleteTransfer", #""consultCallUri":"0N""#, "consultCallUri"),
        ("CompleteConference", #""consultCallUri":"http://gws/api/v2/me/calls/""#, "consultCallUri"),
        ("SwapCalls", #""otherCallUri":{}"#, "otherCallUri"),
        ("RemoveParticipantFromConference", #""participant":{"phoneNumber":"5003"}"#, "participant"),
        ("RemoveParticipantFromConference", #""participant":"""#, "participant"),
        ("SendDtmf", #""digits":12"#, "digits"), ("SendDtmf", #""digits":"""#, "digits"),
        ("SendDtmf", #""digits":"1#""#, "digits"),
        ("SendDtmf", #""digits":"1\u0301""#, "digits"), ("AttachUserData", #""userData":"x""#, "userData"),
        ("UpdateUserData", #""userData":[1]"#, "userData"), ("DeleteUserDataPair", #""key":1"#, "key"),
    ])
    func `a parameter of the wrong kind is code 2`(name: String, member: String, invalid: String) throws {
        let refusal = try Self.refusal(name, "," + member)
        #expect(refusal == .invalid(invalid))
        #expect(refusal?.statusCode == 2)
    }

    @Test(arguments: ["Redirect", "Mute", "SwitchToCoach", "Dial", ""])
    func `a name that is no operation of a call is not known`(name: String) throws {
        #expect(try Self.refusal(name, "") == .unknownOperation(name))
    }

    private static func refusal(_ name: String, _ more: String) throws -> Refusal? {
        let body = try JSON(parsing: #"{"operationName":"\#(name)"\#(more)}"#)
        do {
            _ = try CallOperation(body: body)
            return nil
        } catch { return error }
    }
}
