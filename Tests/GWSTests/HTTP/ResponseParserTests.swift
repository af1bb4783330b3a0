import NIOCore
import Testing

@testable import GWS

/// Answers, whole and in pieces of every size: what comes out must not depend on where the network cuts.
struct ResponseParserTests {
    struct Read: Equatable {
        var status: Int?
        var body = ""
        var isDone = false
        var keepsConnection = false
    }

    private func read(_ text: String, inPiecesOf size: Int = .max, thenEnds: Bool = false) throws -> Read {
        var parser = ResponseParser(limit: 1000)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty, !parser.isDone {
            var bytes = ByteBuffer(bytes: rest.prefix(size))
            rest = rest.dropFirst(size)
            try parser.take(&bytes)
        }
        if thenEnds { parser.end() }
        return Read(
            status: parser.head?.status, body: String(decoding: parser.body, as: UTF8.self),
            isDone: parser.isDone, keepsConnection: parser.keepsConnection)
    }

    @Test(arguments: [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            Read(status: 200, body: "hello", keepsConnection: true)
        ),
        (
            "HTTP/1.1 200\r\ncontent-length:5\r\n\r\nhello",
            Read(status: 200, body: "hello", keepsConnection: true)
        ),
        (
            "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
            Read(status: 200, body: "hello", keepsConnection: true)
        ),
        ("HTTP/1.1 204 No Content\r\n\r\n", Read(status: 204, keepsConnection: true)),
        ("HTTP/1.1 304 \r\nContent-Length: 7\r\n\r\n", Read(status: 304, keepsConnection: true)),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, Close\r\n\r\n", Read(status: 200)),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", Read(status: 200, body: "hi")),
        (
            "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nhi",
            Read(status: 200, body: "hi", keepsConnection: true)
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nX: y\r\n\r\n",
            Read(status: 200, body: "abc0123456789", keepsConnection: true)
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n!",
            Read(status: 200, body: "!", keepsConnection: true)
        ),
        // Two lengths: the chunks count, and nothing follows.
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            Read(status: 200, body: "a")
        ),
    ])
    func `an answer is read as it is framed, however it comes`(_ text: String, _ expected: Read) throws {
        var whole = expected
        whole.isDone = true
        for size in [1, 2, 3, 7, 16, .max] { #expect(try read(text, inPiecesOf: size) == whole, "\(size)") }
    }

    @Test func `an answer without a length lasts until the connection ends`() throws {
        for text in ["HTTP/1.1 200 OK\r\n\r\nall", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nall"] {
            #expect(try read(text) == Read(status: 200, body: "all"))
            #expect(try read(text, thenEnds: true) == Read(status: 200, body: "all", isDone: true))
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
    ])
    func `a part of an answer is none, also at the end of the connection`(_ text: String) throws {
        #expect(try !read(text, thenEnds: true).isDone)
    }

    @Test(arguments: [
        "SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n", "\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\n: nameless\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n folded: b\r\n\r\n", "HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\rSet-Cookie: b\r\n\r\n", "HTTP/1.1 200 OK\r\nX: \0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
        "HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: 70_000) + "\r\n\r\n",
        String(repeating: "x", count: 70_000),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + String(repeating: "0", count: 5000),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
            + String(repeating: "X: y\r\n", count: 20_000),
    ])
    func `what is no answer is refused`(_ text: String) {
        for size in [1009, .max] {
            #expect(throws: ResponseParser.Malformed.self) { try read(text, inPiecesOf: size) }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 503 No\r\nContent-Length: 1001\r\n\r\n",
        "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n",
        "HTTP/1.1 503 No\r\n\r\n" + String(repeating: "x", count: 1001),
    ])
    func `what is too long is not kept, but its status is`(_ text: String) {
        var parser = ResponseParser(limit: 1000)
        var bytes = ByteBuffer(string: text)
        #expect(throws: ResponseParser.TooLarge.self) { try parser.take(&bytes) }
        #expect(parser.head?.status == 503)
        #expect(parser.body.count <= 1000)
    }

    @Test func `what comes after an answer ends the connection`() throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
        #expect(try read(answer + "HTTP/1.1 200 OK\r\n\r\n") == Read(status: 200, body: "hi", isDone: true))
    }

    @Test func `headers keep their order and their repetitions, without their surrounding blanks`() throws {
        var parser = ResponseParser(limit: 1000)
        var bytes = ByteBuffer(
            string:
                "HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nDate:\t now \r\nset-cookie:b=2\r\nContent-Length: 0\r\n\r\n"
        )
        try parser.take(&bytes)
        let headers = try #require(parser.head).headers
        #expect(headers.map(\.name) == ["Set-Cookie", "Date", "set-cookie"])
        #expect(headers.map(\.value) == ["a=1", "now", "b=2"])
    }
}
