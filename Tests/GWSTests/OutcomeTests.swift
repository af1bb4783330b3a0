import NIOHTTP1
import Testing

@testable import GWS

/// What an answer means, row by row.
struct OutcomeTests {
    private func outcome(_ status: Int, _ body: String, _ headers: HTTPHeaders = [:], now: Int64 = 0)
        -> Outcome
    {
        Outcome(HTTPTransport.Response(status: status, headers: headers, body: Array(body.utf8)), now: now)
    }

    @Test(
        arguments: [
            (200, #"{"statusCode":0}"#, .accepted),
            (200, #"{ "statusCode" : 0, "more": [1] }"#, .accepted),
            (200, #"{"statusCode":7,"failed":[{"statusCode":4}],"succeeded":[]}"#, .refused(.partial)),
            (200, #"{"statusCode":2,"statusMessage":"no"}"#, .refused(.gws)),
            (200, #"{"statusCode":20}"#, .refused(.notAuthenticated)),
            (200, "", .unknown(.gwsError)),
            (200, "<html>Welcome</html>", .unknown(.gwsError)),
            (200, #"{"statusCode":"0"}"#, .unknown(.gwsError)),
            (200, #"{"statusCode":0"#, .unknown(.gwsError)),
            (200, "[]", .unknown(.gwsError)),
            (302, "", .refused(.gws)),
            (400, "", .refused(.gws)),
            (404, #"{"statusCode":6,"statusMessage":"not found"}"#, .refused(.gws)),
            (401, "", .refused(.notAuthenticated)),
            (403, #"{"statusCode":20,"statusMessage":"Access denied"}"#, .refused(.notAuthenticated)),
            (403, "<h1>Missing or invalid CSRF token</h1>", .refused(.notAuthenticated)),
            (403, #"{"statusCode":5}"#, .refused(.gws)),
            (403, "", .refused(.gws)),
            (429, "", .unreachable(.throttled)),
            (500, #"{"statusCode":4,"statusMessage":"Device '5001' is not registered."}"#, .refused(.gws)),
            (500, "", .unknown(.gwsError)),
            (500, "<html>", .unknown(.gwsError)),
            (502, #"{"statusCode":4}"#, .unknown(.gwsError)),
            (
                503, #"{"statusCode":4,"statusMessage":"Voice service is not available"}"#,
                .unreachable(.unavailable)
            ),
            (503, "<html>", .unreachable(.unavailable)),
            (503, "", .unreachable(.unavailable)),
            (504, "", .unknown(.gwsError)),
        ] as [(Int, String, Outcome.Kind)])
    func `an answer means what the contract says`(status: Int, body: String, kind: Outcome.Kind) {
        let outcome = outcome(status, body)
        #expect(outcome.kind == kind)
        #expect(outcome.httpStatus == status)
        #expect((outcome.detail == nil) == (kind == .accepted))
    }

    @Test func `what GWS says is kept`() {
        let outcome = outcome(500, #"{"statusCode":4,"statusMessage":"Device '5001' is not registered."}"#)
        #expect(outcome.statusCode == 4)
        #expect(outcome.statusMessage == "Device '5001' is not registered.")
    }

    @Test func `what was done in part is told part by part`() {
        let body = #"""
            {"statusCode":7,
             "failed":[{"statusCode":4,"statusMessage":"Interaction server connection is not opened","channel":"multimedia"}],
             "succeeded":[{"statusCode":0,"channel":"voice"}]}
            """#
        #expect(
            outcome(200, body).detail
                == "done in part; failed: multimedia: Interaction server connection is not opened; done: voice"
        )
    }

    @Test(arguments: [
        ("3", 3), ("0", 0), ("Sun, 06 Nov 1994 08:49:47 GMT", 10), ("Sunday, 06-Nov-94 08:49:47 GMT", 10),
        ("Sun Nov  6 08:49:47 1994", 10), ("Sun, 06 Nov 1994 08:00:00 GMT", 0), ("999999999999", 86400),
    ])
    func `Retry-After is seconds or a date`(text: String, seconds: Int) {
        let now: Int64 = 784_111_777
        #expect(outcome(429, "", ["Retry-After": text], now: now).retryAfter == .seconds(seconds))
        #expect(outcome(503, "", ["Retry-After": text], now: now).retryAfter == .seconds(seconds))
    }

    @Test(arguments: ["soon", "", "-", "1e5", "Sun, 41 Nov 1994 08:49:47 GMT"])
    func `a Retry-After that is neither is none`(text: String) {
        #expect(outcome(429, "", ["Retry-After": text]).retryAfter == nil)
    }

    @Test(
        arguments: [
            (.notSent, false, .unreachable(.connect)), (.timedOut, true, .unknown(.timedOut)),
            (.timedOut, false, .unreachable(.connect)), (.cut, true, .unknown(.cut)),
            (.cancelled, true, .unknown(.cut)), (.cancelled, false, .unreachable(.connect)),
        ] as [(HTTPTransport.Failure.Kind, Bool, Outcome.Kind)])
    func `a failure is unreachable if nothing was sent, else unknown`(
        failure: HTTPTransport.Failure.Kind, sent: Bool, kind: Outcome.Kind
    ) {
        let failure = HTTPTransport.Failure(kind: failure, mayHaveBeenSent: sent, reason: "so")
        #expect(Outcome(failure, now: 0).kind == kind)
    }

    @Test func `a 503 whose body is cut is still a 503`() {
        let head = HTTPTransport.Response(status: 503, headers: ["Retry-After": "1"], body: [])
        let failure = HTTPTransport.Failure(kind: .cut, mayHaveBeenSent: true, reason: "so", head: head)
        #expect(Outcome(failure, now: 0).kind == .unreachable(.unavailable))
        #expect(Outcome(failure, now: 0).retryAfter == .seconds(1))
    }
}
