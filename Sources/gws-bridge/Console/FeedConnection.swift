import Hummingbird
import NIOCore
import ServiceLifecycle

/// A request with the connection that it came by: who does not read what is written there is cut off.
struct FeedConnection: RequestContext {
    var coreContext: CoreRequestContextStorage
    private let channel: any Channel

    /// To write an event to who reads slowly.
    private static let patience = TimeAmount.seconds(30)
    /// To end the last one at a stop.
    private static let grace = TimeAmount.seconds(2)

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Writes events until the process stops, or nobody reads them any more.
    @concurrent func write(
        _ events: AsyncStream<String>, to writer: inout any ResponseBodyWriter
    ) async throws {
        try await withGracefulShutdownHandler {
            for await event in events.cancelOnGracefulShutdown() {
                // A write waits for as long as the other side does not read, and hears of no stop.
                let end = cut(after: Self.patience)
                defer { end.cancel() }
                try await writer.write(ByteBuffer(string: event))
            }
        } onGracefulShutdown: {
            _ = cut(after: Self.grace)
        }
    }

    private func cut(after time: TimeAmount) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: time) { [channel] in channel.close(promise: nil) }
    }
}
