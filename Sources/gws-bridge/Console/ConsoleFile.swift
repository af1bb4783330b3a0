import Hummingbird

/// What the page is made of. It is part of the program, and loads nothing from elsewhere.
enum ConsoleFile: CaseIterable {
    case page, style, script

    enum MediaType: String {
        case html = "text/html; charset=utf-8"
        case css = "text/css; charset=utf-8"
        case javaScript = "text/javascript; charset=utf-8"
        case json = "application/json"
        case text = "text/plain; charset=utf-8"
        case events = "text/event-stream"
        case metrics = "text/plain; version=0.0.4; charset=utf-8"
    }

    var path: String {
        switch self {
        case .page: "/"
        case .style: "/console.css"
        case .script: "/console.js"
        }
    }

    var type: MediaType {
        switch self {
        case .page: .html
        case .style: .css
        case .script: .javaScript
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .page: PackageResources.console_html
        case .style: PackageResources.console_css
        case .script: PackageResources.console_js
        }
    }

    /// Nothing but what comes from here runs in the page, nobody frames it, and nobody keeps it.
    static func headers(_ type: MediaType) -> HTTPFields {
        var headers: HTTPFields = [
            .contentType: type.rawValue, .cacheControl: "no-store", .xContentTypeOptions: "nosniff",
        ]
        if type == .html {
            headers[.contentSecurityPolicy] =
                "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            headers[.init("Referrer-Policy")!] = "no-referrer"
        }
        return headers
    }
}
