/// The operations of GWS that the bridge knows, a row each (HTCC API reference, Voice API). The only place that knows them by
/// name.
public enum OperationCatalogue {
    public static let all: [OperationDefinition] = [
        OperationDefinition("Answer", .call),
        OperationDefinition("Hold", .call),
        OperationDefinition("Retrieve", .call),
        OperationDefinition("Hangup", .call),
        OperationDefinition("StartCallRecording", .call, feature: "api-voice-recording"),
        OperationDefinition("StopCallRecording", .call, feature: "api-voice-recording"),
        OperationDefinition("PauseCallRecording", .call, feature: "api-voice-recording"),
        OperationDefinition("ResumeCallRecording", .call, feature: "api-voice-recording"),
        // None of these is repeatable. Twice does no more than once, but the second answer may be a refusal (not valid in
        // the state that the first brought about), and would hide that the first was done.
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    public static func named(_ name: String) -> OperationDefinition? { byName[name] }
}
