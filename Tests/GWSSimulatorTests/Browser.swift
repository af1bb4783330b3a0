import AsyncHTTPClient
import Foundation
import GWSSimulator
import NIOCore
import NIOHTTP1

/// A client that knows cookies, the CSRF pair and no more: what the tests see of the server is what went over the wire.
actor Browser {
    struct Reply: Sendable {
        let status: Int
        let headers: [String: [String]]
        let body: String

        /// The body, read by a JSON parser that is not the simulator's first, so that both must agree it is JSON.
        var json: JSON {
            get throws {
                _ = try JSONSerialization.jsonObject(with: Data(body.utf8))
                return try JSON(parsing: body)
            }
        }
    }

    let baseURL: String
    let credentials: String?
    var cookies: [String: String] = [:]
    var csrfToken: String?

    private let client: HTTPClient

    init(_ baseURL: String, _ credentials: String? = nil, client: HTTPClient = .shared) {
        self.baseURL = baseURL
        self.client = client
        self.credentials = credentials.map { "Basic " + Data($0.utf8).base64EncodedString() }
    }

    /// One that has logged in as the agent, whose password is its name.
    static func loggedIn(_ agent: String = "5001", at baseURL: String) async throws -> Browser {
        let browser = Browser(baseURL, "\(agent):\(agent)")
        _ = try await browser.get("/api/v2/me", withCredentials: true)
        return browser
    }

    func get(_ path: String, withCredentials: Bool = false) async throws -> Reply {
        try await send("GET", path, nil, withCredentials: withCredentials)
    }

    func post(
        _ path: String, _ body: String, withCredentials: Bool = false,
        contentType: String = "application/json"
    ) async throws -> Reply {
        try await send("POST", path, body, withCredentials: withCredentials, contentType: contentType)
    }

    func operate(_ operation: String, on call: String) async throws -> Reply {
        try await post("/api/v2/me/calls/\(call)", #"{"operationName":"\#(operation)"}"#)
    }

    func request(_ method: String, _ path: String) async throws -> Reply {
        try await send(method, path, nil, withCredentials: false)
    }

    func setCookie(_ name: String, _ value: String?) { cookies[name] = value }

    func setToken(_ token: String?) { csrfToken = token }

    private func send(
        _ method: String, _ path: String, _ body: String?, withCredentials: Bool,
        contentType: String = "application/json"
    ) async throws -> Reply {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = .init(rawValue: method)
        if withCredentials, let credentials { request.headers.add(name: "Authorization", value: credentials) }
        if !cookies.isEmpty {
            let pairs = cookies.map { "\($0)=\($1)" }.joined(separator: "; ")
            request.headers.add(name: "Cookie", value: pairs)
        }
        if let csrfToken { request.headers.add(name: "X-CSRF-TOKEN", value: csrfToken) }
        if let body {
            request.headers.add(name: "Content-Type", value: contentType)
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await client.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 1 << 22)
        for cookie in response.headers["Set-Cookie"] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { cookies[String(pair[0])] = String(pair[1]) }
        }
        if let token = response.headers.first(name: "X-CSRF-TOKEN") { csrfToken = token }
        let headers = Dictionary(grouping: response.headers, by: { $0.name.lowercased() })
            .mapValues { $0.map(\.value) }
        return Reply(status: Int(response.status.code), headers: headers, body: String(buffer: bytes))
    }
}
