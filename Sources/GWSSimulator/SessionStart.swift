/// What has become of each channel that a session was to have.
package struct SessionStart: Sendable {
    /// As GWS names them: what is not voice is multimedia.
    package private(set) var succeeded: [String] = []
    package private(set) var failed: [(channel: String, refusal: Refusal)] = []

    /// - Parameters:
    ///   - voice: Why the voice channel cannot be had; nil if it can.
    ///   - multimedia: Likewise for all the others together.
    package init(channels: [String], voice: Refusal?, multimedia: Refusal?) {
        for requested in channels {
            let channel = requested == "voice" ? "voice" : "multimedia"
            guard !succeeded.contains(channel), !failed.contains(where: { $0.channel == channel }) else {
                continue
            }
            if let refusal = channel == "voice" ? voice : multimedia {
                failed.append((channel, refusal))
            } else {
                succeeded.append(channel)
            }
        }
    }

    package var hasVoice: Bool { succeeded.contains("voice") }

    /// Nil unless some channels failed and others did not.
    package var partialSuccess: JSON? {
        guard !failed.isEmpty, !succeeded.isEmpty else { return nil }
        return [
            "statusCode": 7,
            "failed": .array(
                failed.map { channel, refusal in
                    [
                        "statusCode": .int(refusal.statusCode),
                        "statusMessage": .string(refusal.statusMessage),
                        "channel": .string(channel),
                    ]
                }),
            "succeeded": .array(succeeded.map { ["statusCode": 0, "channel": .string($0)] }),
        ]
    }
}
