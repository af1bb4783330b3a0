import ArgumentParser
import GWSSimulator

/// The name of an order of reply and notification.
struct ReplyOrderArgument: ExpressibleByArgument {
    let order: ReplyOrder

    init?(argument: String) {
        guard let order = ReplyOrder(rawValue: argument) else { return nil }
        self.order = order
    }

    static var allValueStrings: [String] { ReplyOrder.allCases.map(\.rawValue) }
}
