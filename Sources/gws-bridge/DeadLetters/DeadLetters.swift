import ArgumentParser

struct DeadLetters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dead-letters",
        abstract: "Look at the commands that got no answer from GWS, do them again, or drop them.",
        discussion: """
            Examples:

              gws-bridge dead-letters list --reason unavailable --older-than 10m
              gws-bridge dead-letters show 6f1c2b04-93a1-4d0e-b0ff-0c8a5d5a4f11
              gws-bridge dead-letters replay --all --operation StopCallRecording --dry-run
              gws-bridge dead-letters drop --all --call 00RV9H7S6O8V3BSHAG7GK2LAES00002M

            Looking takes nothing away and leaves the order as it is. While one looks, others wait, for up to half a \
            minute. The user needs permission to read PREFIX.dead-letters and to configure PREFIX.dead-letters.lock.

            It exits with 0 if all that was asked was done, 2 if an id is not there or a letter was left where it is, 69 \
            if the broker cannot be reached, did not take a command, or others look for too long.
            """,
        subcommands: [ListLetters.self, ShowLetters.self, ReplayLetters.self, DropLetters.self]
    )
}
