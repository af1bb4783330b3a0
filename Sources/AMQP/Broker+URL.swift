extension Broker {
    /// From `amqp://user:password@host:port/vhost`, or `amqps://`; each part percent-decoded, each but the host
    /// optional.
    ///
    /// An absent virtual host is "/", as is a bare "/" at the end.
    public init(urls: [String]) throws(AMQPError) {
        guard !urls.isEmpty else { throw .invalidBroker(reason: "no URL is given") }
        var endpoints: [Endpoint] = []
        for url in urls { endpoints.append(try Endpoint(url: url)) }
        self.init(endpoints: endpoints)
    }
}

extension Broker.Endpoint {
    public init(url: String) throws(AMQPError) {
        let scheme: String
        var rest: Substring
        if url.hasPrefix("amqp://") {
            (scheme, rest) = ("amqp", url.dropFirst(7))
        } else if url.hasPrefix("amqps://") {
            (scheme, rest) = ("amqps", url.dropFirst(8))
        } else {
            // Not the URL itself: it may hold a password.
            throw .invalidBroker(reason: "a URL begins with neither amqp:// nor amqps://")
        }
        self.init(host: "", usesTLS: scheme == "amqps")
        guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else {
            throw .invalidBroker(reason: "a broker's URL takes no query and no fragment")
        }
        if let slash = rest.firstIndex(of: "/") {
            let path = rest[rest.index(after: slash)...]
            guard !path.contains("/") else {
                throw .invalidBroker(reason: "a slash in the virtual host is written %2F")
            }
            if !path.isEmpty { virtualHost = try Self.decode(path, "virtual host") }
            rest = rest[..<slash]
        }
        if let at = rest.lastIndex(of: "@") {
            let login = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = try Self.decode(login[0], "user")
            if login.count == 2 { password = try Self.decode(login[1], "password") }
            rest = rest[rest.index(after: at)...]
        }
        try takeAddress(rest)
    }

    private mutating func takeAddress(_ address: Substring) throws(AMQPError) {
        var portText: Substring?
        if address.first == "[" {
            guard let end = address.firstIndex(of: "]") else {
                throw .invalidBroker(reason: "an IPv6 address lacks its closing bracket")
            }
            host = String(address[address.index(after: address.startIndex)..<end])
            let after = address[address.index(after: end)...]
            guard after.isEmpty || after.first == ":" else {
                throw .invalidBroker(reason: "only a port may follow an IPv6 address")
            }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = address.firstIndex(of: ":") {
            host = try Self.decode(address[..<colon], "host")
            portText = address[address.index(after: colon)...]
        } else {
            host = try Self.decode(address, "host")
        }
        guard !host.isEmpty else { throw .invalidBroker(reason: "a URL names no host") }
        if let portText {
            guard let number = Int(portText), (1...65535).contains(number) else {
                throw .invalidBroker(reason: "the port of \(host) is not a number from 1 to 65535")
            }
            port = number
        }
    }

    private static func decode(_ text: Substring, _ part: String) throws(AMQPError) -> String {
        var bytes: [UInt8] = []
        var units = text.utf8.makeIterator()
        while let unit = units.next() {
            guard unit == UInt8(ascii: "%") else {
                bytes.append(unit)
                continue
            }
            guard let high = units.next().flatMap(hexadecimal), let low = units.next().flatMap(hexadecimal)
            else {
                throw .invalidBroker(reason: "the \(part) has a % that two hexadecimal digits do not follow")
            }
            bytes.append(high << 4 | low)
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .invalidBroker(reason: "the \(part) is not text")
        }
        return decoded
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
