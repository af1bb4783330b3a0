import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// Carries requests from Hummingbird to the simulator, and its answers back, also those that end in a cut.
struct Routes: HTTPResponder {
    /// A request's connection: what Hummingbird hands over, kept so that it can be cut.
    struct Context: InitializableFromSource {
        let channel: any Channel

        init(source: ApplicationRequestContextSource) { channel = source.channel }
    }

    struct ConnectionCut: Error {}

    let simulator: Simulator

    private static let bodyLimit = 1 << 20
    private static let csrfHeader = HTTPField.Name("X-CSRF-TOKEN")!

    func respond(to request: Request, context: Context) async throws -> Response {
        let answer: Answer
        if let body = try await body(of: request) {
            let received = Self.received(request, body: body)
            answer =
                received.isForControl
                ? await simulator.control(received) : await simulator.answer(received)
        } else {
            answer = .refusal(.tooLarge)
        }
        return try respond(answer, context.channel)
    }

    /// Nil if it is larger than the server takes.
    private func body(of request: Request) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            // What is too much is read to its end, and dropped: the answer would not be read otherwise.
            if bytes.count <= Self.bodyLimit { bytes += buffer.readableBytesView }
        }
        return bytes.count > Self.bodyLimit ? nil : bytes
    }

    private static func received(_ request: Request, body: [UInt8]) -> Received {
        var query: [String: String] = [:]
        for (key, value) in request.uri.queryParameters { query[String(key)] = String(value) }
        var cookies: [String: String] = [:]
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                guard parts.count == 2 else { continue }
                cookies[String(parts[0].drop { $0 == " " })] = String(parts[1].drop { $0 == " " })
            }
        }
        let path = request.uri.path
        return Received(
            method: request.method.rawValue, path: path.removingPercentEncoding ?? path,
            target: request.uri.string,
            query: query, authorization: request.headers[.authorization], cookies: cookies,
            contentType: request.headers[.contentType], csrfToken: request.headers[csrfHeader], body: body)
    }

    private func respond(_ answer: Answer, _ channel: any Channel) throws -> Response {
        if answer.ending == .cut {
            channel.close(promise: nil)
            throw ConnectionCut()
        }
        var headers = HTTPFields()
        if let contentType = answer.contentType { headers[.contentType] = contentType }
        for (name, value) in answer.headers {
            guard let name = HTTPField.Name(name) else { continue }
            headers.append(HTTPField(name: name, value: value))
        }
        let status = HTTPResponse.Status(code: answer.status)
        guard answer.ending == .cutInTheMiddle else {
            let body = ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
            return Response(status: status, headers: headers, body: body)
        }
        let half = ByteBuffer(bytes: answer.body.prefix(answer.body.count / 2))
        headers[.contentLength] = String(answer.body.count)
        return Response(
            status: status, headers: headers,
            body: ResponseBody(contentLength: answer.body.count) { writer in
                try await writer.write(half)
                channel.close(promise: nil)
                throw ConnectionCut()
            })
    }
}
