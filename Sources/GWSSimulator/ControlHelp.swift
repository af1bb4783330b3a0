/// What `GET /simulator` answers: a line for each control request.
enum ControlHelp {
    static let text = """
        GET    /simulator/agents
        POST   /simulator/agents               {"name":"6001","password":"secret","numbers":["6001","6101"],
                                                "publicNetwork":false,"loggedIn":true,"missingFeatures":[]}
        POST   /simulator/device               {"agent":"5001","number":"5001","operation":{"operationName":"NotReady"}}
                                                as if done in the agent's own desktop; what GWS takes at a device or at
                                                the voice channel
        POST   /simulator/features             {"agent":"5001","missing":["api-voice-recording"]}
        POST   /simulator/passwords            {"agent":"5001","password":"new"}
        POST   /simulator/services             {"type":"Voice|Provisioning|MultiMediaState|MultiMediaContent",
                                                "state":"Inactive|Active"}
        POST   /simulator/errors               {"agent":"5001","message":"why","callId":"…"}  an ErrorMessage; without a
                                                message one without details
        GET    /simulator/calls
        POST   /simulator/calls                {"agent":"5001","from":"+493012345","userData":{}} or "fromAgent":"5002",
                                                or {"fromAgent":"5001","to":"+493012345"} -> {"callId":"…"}
        GET    /simulator/calls/ID
        POST   /simulator/calls/ID/answer      {"party":"5002"}; without a party: the telephone that rings is picked up
        POST   /simulator/calls/ID/end         {"party":"5002"}; without a party: the other side hangs up
        POST   /simulator/calls/ID/operation   {"party":"+493012345","operation":{"operationName":"Hold"}}
                                                a party, an agent or a number, does it at its telephone
        POST   /simulator/calls/ID/user-data   {"key":"value"}
        GET    /simulator/sessions
        GET    /simulator/requests             ?after=N&agent=&method=&path=  what GWS was asked, CometD apart
        GET    /simulator/conversations        likewise, to the CometD endpoint
        GET    /simulator/notifications        ?after=N&agent=&call=&type=&wait=SECONDS
        POST   /simulator/notifications        {"agent":"5001","channel":"/v2/me/devices","data":{}} or "raw":"JSON text"
        GET    /simulator/held-poll            ?agent=5001&wait=SECONDS  answers when a poll of the agent is held
        DELETE /simulator/journal
        GET    /simulator/faults
        POST   /simulator/faults               {"action":"delay|delay-up-to|park|answer|cut|hang|half|too-many-requests|
                                                device-not-registered|voice-unavailable|fail-later|ignore",
                                                "moment":"before|after","seconds":1,"status":503,"answer":"body",
                                                "contentType":"text/html","times":1 or null,"probability":1,"method":"POST","path":"part",
                                                "agent":"5001","body":"part","message":"why it fails later"}
        DELETE /simulator/faults
        DELETE /simulator/faults/ID
        POST   /simulator/release-parked       lets go on what a fault has parked
        POST   /simulator/mute-notifications   {"mute":true}  nobody is told of anything, until "mute":false
        POST   /simulator/forget-clients       {"agent":"5001"}; without an agent, here and below: of all
        POST   /simulator/invalidate-sessions  {"agent":"5001"}
        POST   /simulator/change-tokens        {"agent":"5001"}
        POST   /simulator/refuse-logins        {"agent":"5001","refuse":true}
        POST   /simulator/deny-handshakes      {"agent":"5001","deny":true}
        POST   /simulator/cut-polls            {"agent":"5001","inTheMiddle":false}
        POST   /simulator/advise               {"agent":"5001","advice":{"reconnect":"handshake"}}
        POST   /simulator/restart              {"losingCalls":false}

        """
}
