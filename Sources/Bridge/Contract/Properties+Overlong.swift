internal import AMQP

extension Properties {
    /// Bytes that are not UTF-8 arrive as replacement characters, which are longer: a text may have grown past what a
    /// short string holds.
    mutating func dropOverlong() {
        func fitting(_ text: String?) -> String? {
            text.flatMap { $0.utf8.count <= RoutingKey.longest ? $0 : nil }
        }
        contentType = fitting(contentType)
        contentEncoding = fitting(contentEncoding)
        correlationID = fitting(correlationID)
        replyTo = fitting(replyTo)
        messageID = fitting(messageID)
        type = fitting(type)
        appID = fitting(appID)
        clusterID = fitting(clusterID)
    }
}
