extension BridgeMetrics {
    /// What the metrics are called.
    package enum Name: String, CaseIterable {
        case commands = "commands_total"
        case commandAccepted = "command_accepted_seconds"
        case commandFinal = "command_final_seconds"
        case commandsInFlight = "commands_in_flight"
        case commandsWaiting = "commands_waiting"
        case duplicates = "duplicates_total"
        case retries = "retries_total"
        case breakersOpen = "breakers_open"
        case shards = "shards"
        case shardsActive = "shards_active"
        case returned = "returned_total"
        case unroutable = "unroutable_total"
        case ledgerCommit = "ledger_commit_seconds"
        case events = "events_total"
        case eventLatency = "event_latency_seconds"
        case eventDelay = "event_delay_seconds"
        case eventsRefused = "events_refused_total"
        case gaps = "gaps_total"
        case sessions = "sessions"
        case sessionRestarts = "session_restarts_total"
        case pollAge = "poll_age_seconds"
        case spoolEvents = "spool_events"
        case spoolBytes = "spool_bytes"
        case spoolAge = "spool_age_seconds"
        case spoolDropped = "spool_dropped_total"
        case reconnects = "amqp_reconnects_total"
        case unconfirmed = "amqp_unconfirmed"
        case blocked = "amqp_blocked"
        case stalls = "library_stalls_total"
        case canaryFailures = "canary_failures_total"

        package var label: String { "gws_bridge_" + rawValue }

        var description: String {
            switch self {
            case .commands: "Commands by their final outcome; operations that are not in the catalogue are -."
            case .commandAccepted: "Time from a command's arrival until GWS accepted it."
            case .commandFinal:
                "Time from a command's arrival until its final outcome, rejected ones left out."
            case .commandsInFlight: "Commands that are being sent to GWS."
            case .commandsWaiting: "Commands that wait for their turn to be sent."
            case .duplicates: "Commands that were answered with the outcome of an earlier one of the same id."
            case .retries: "Commands that were sent to GWS again."
            case .breakersOpen: "Agents for whom nothing is sent while their GWS is down."
            case .shards: "Command queues that the agents are spread over: commands.shards."
            case .shardsActive:
                "Shards whose agents this process serves, of commands.shards; a spare has none."
            case .returned:
                "Replies whose requester had gone, but for those to a direct reply-to: the broker does not tell."
            case .unroutable:
                "Messages that no queue was bound for, by exchange and what they are about: nobody listens."
            case .ledgerCommit: "Time to write a group of entries to the ledger."
            case .events:
                "Events that the broker has confirmed or the spool holds; names that are not known are -."
            case .eventLatency:
                "Time from an event's arrival until the broker has confirmed it or the spool holds it."
            case .eventDelay: "Time from GWS's own time stamp until an event's arrival, by two clocks."
            case .eventsRefused:
                "Events that a queue refused time and again, or that could not be sent: given up."
            case .gaps: "Spans of which events may be missing, by reason."
            case .sessions: "Agents' sessions with GWS by their state."
            case .sessionRestarts: "Sessions that broke and were begun anew."
            case .pollAge:
                "Time since GWS last answered a poll, of the agent who has waited the longest; of those who have polled."
            case .spoolEvents: "Events that wait in the spool for the broker."
            case .spoolBytes: "Bytes of the events that wait in the spool."
            case .spoolAge: "Age of the oldest event that waits in the spool."
            case .spoolDropped: "Events that the spool had to drop."
            case .reconnects: "Connections to the broker that took the place of one that was lost."
            case .unconfirmed: "Messages that were published and are not confirmed."
            case .blocked: "1 while the broker takes no messages."
            case .stalls: "Calls into the AMQP library that hung until their socket was shut."
            case .canaryFailures:
                "Messages to the bridge itself that were not confirmed, or did not come back, in time."
            }
        }
    }
}
