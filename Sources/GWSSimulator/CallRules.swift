/// What neither the documentation nor traffic says of calls, and what the simulator chose.
///
/// The one place for these choices. What a client may notice has a switch; the rest is fixed, and is:
///
/// - The one consulted knows the merged call by the consult call's id, but with the parent's `connId`; see
///   ``keepsConsultID``. Of user data the parent's is kept, and keys that only the consult call had are added as far as
///   there is room. Recording is the parent's: the consult call's ends, and its `GSIP_` keys are not taken over.
/// - A call's user data may come to 64 KiB; what would make it more is refused.
/// - `parentCallUri` is shown to the one who consults, who alone has the parent call.
/// - Whoever is called in with a single step is a participant at once, not only when it answers; `userData` given with
///   it is set as with `UpdateUserData`, without a notification of its own.
/// - While a transfer's consult call is active the parent offers `SwapCalls` for `Retrieve`; a conference's keeps
///   `Retrieve`, which then holds the consult call. A consult call that still rings may be transferred to, but not made
///   a conference of.
/// - `SwapCalls` is offered beside a consult call from its beginning, as in the documentation's sample, but refused as
///   not allowed now while that rings.
/// - A telephone talks in one call at a time: when it answers, dials or retrieves, its other established call is held,
///   and told so; first, save by `Retrieve`. Supervisors' legs are not counted.
/// - Effects are told in this order: who leaves, and who asked and so leaves, first; then who asked and stays; the
///   others who stay, with `ParticipantsUpdated`; who comes. `CompleteTransfer` releases the parent, then the consult
///   call; `CompleteConference` releases the consult call, then the parent is established. A swap tells first of the
///   call that is established now.
/// - Recording belongs to the call: every agent on it is told, once; the user data change without a message of their
///   own. Before anybody records it is `Stopped`.
/// - Who refuses calls or forwards them in a circle is busy: a call to it is Released at once, a single step to it
///   fails with an `ErrorMessage` that has no details.
/// - A supervisor is not a participant for the others unless it barges in; a `BargeIn` leg counts as somebody to talk
///   to. With scope `Agent` it leaves with the agent. Who muted the agent unmutes it by leaving. Cancelling the
///   monitoring leaves it in calls which it is in. `NextCall` ends with the call.
/// - A call with fewer than two who can talk is over, whoever still listens; so is one whose last agent leaves.
public struct CallRules: Sendable, Hashable {
    /// As the oldest servers write calls: the connId for an id, participants as plain strings, and `participantsInfo`.
    public var oldFormats = false
    /// Whether the one consulted keeps the consult call's id after `CompleteTransfer` and `CompleteConference`.
    /// Otherwise that call is Released for it, and the parent begins.
    public var keepsConsultID = true
    /// Whether a call of a monitored agent rings at the supervisor, which has to answer it. Otherwise it is
    /// connected at once.
    public var ringsAtSupervisor = false
    /// Whether monitoring with `AllCalls` begins with the calls that the agent has. Otherwise with the next.
    public var intrudes = true

    public init() {}
}
