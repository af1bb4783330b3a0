import Foundation
import NIOConcurrencyHelpers
import RawJSON

// What a command may leave out, because GWS knows it: the agent's device, and what GWS's own URIs begin with.
extension AgentSession {
    /// The ids of the agent's devices: as they were last heard of, else as GWS gives them.
    public func deviceIDs(before deadline: Int64 = .max) async throws(GWSError) -> [String] {
        if let known = status.deviceIDs { return known }
        // A log-in may begin another session, of which nothing is known.
        _ = try await logIn(before: deadline)
        let generation = status.devicesGeneration
        let ids =
            try await devices(before: deadline)["devices"]?.elements.compactMap { $0["id"]?.string } ?? []
        statusBox.withLockedValue { $0.keepDevices(ids, of: generation) }
        return ids
    }

    /// What GWS's own URIs begin with, `https://gws.example/api/v2`: behind a load balancer that is not where requests
    /// go to. It is taken of a call's `uri` (option `externalApiUrlV2`); where the call has none, or GWS does not show
    /// it, it is the configured address.
    ///
    /// - Parameter callID: A call to read where none has been heard of.
    public func apiURL(
        readingCall callID: String, before deadline: Int64 = .max
    ) async throws(GWSError) -> String {
        if let known = status.apiURL { return known }
        let answer: RawJSON?
        do {
            answer = try await call(callID, before: deadline)
        } catch .refused {
            // Of the call GWS tells nothing; what is asked to be done with it, it judges itself.
            answer = nil
        }
        guard let read = answer?["call"]?.apiURL else { return transport.server.address(of: "") }
        statusBox.withLockedValue { $0.apiURL = read }
        return read
    }

    /// What the agent's contact centre was granted (`GET /me?subresources=features`); nil where GWS does not say.
    public func features() async throws(GWSError) -> Set<String>? {
        guard let features = try await read("/me?subresources=features")["user"]?["features"] else {
            return nil
        }
        return Set(features.elements.compactMap { $0["id"]?.string })
    }

    /// Keeps what notifications say of it.
    nonisolated func note(_ notifications: [Notification]) {
        statusBox.withLockedValue { status in
            if status.apiURL == nil {
                status.apiURL = notifications.lazy.compactMap { $0.call?.apiURL }.first
            }
            // It got another device, and perhaps lost one.
            let known = status.deviceIDs ?? []
            if notifications.contains(where: { $0.callID == nil && !known.containsAll(of: $0.deviceIDs) }) {
                status.forgetDevices()
            }
        }
    }
}

extension RawJSON {
    /// Of a call's `uri`, all before `/me/calls/…`.
    fileprivate var apiURL: String? {
        guard let uri = self["uri"]?.string, let end = uri.range(of: "/me/calls/") else { return nil }
        let base = uri[..<end.lowerBound]
        return base.hasPrefix("http://") || base.hasPrefix("https://") ? String(base) : nil
    }
}

extension [String] {
    fileprivate func containsAll(of others: [String]) -> Bool { others.allSatisfy(contains) }
}
