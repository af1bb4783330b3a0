extension BridgeFailure {
    package init(missingAlternate exchange: String) {
        self.init(
            exitCode: 78,
            "events.alternate-exchange names \(exchange), and there is no such exchange. Declare it, with a queue that is "
                + "bound to it, or leave the key out: the bridge declares only what is its own.")
    }

    /// What to do where the broker has a queue or an exchange otherwise than it is wanted. Its arguments cannot be
    /// changed.
    ///
    /// - Parameter text: the broker's own, which names it.
    package static func remedy(forOtherArguments text: String) -> String {
        if text.contains("'alternate-exchange' for exchange"), text.contains(".events' ") {
            return
                "The arguments of an exchange cannot be changed: delete it and bind its queues again when the bridge "
                + "has declared it, or put events.alternate-exchange back; leave it out and set a policy instead if "
                + "it is to be changed often."
        }
        if text.contains(".events.stream' ") {
            return
                "The arguments of a stream cannot be changed: put events.stream.max-age and max-size back, or delete "
                + "it with all that it keeps."
        }
        return "It exists with other properties: delete it once it is empty, or choose another prefix."
    }
}
