/// Why bytes are no message that the spool has encoded.
enum SpoolDecodingError: Error, Sendable, Hashable {
    /// They were encoded in a way that this version does not know.
    case unknownFormat(UInt8)
    case unknownType(UInt8)
    case endsTooEarly
    case notUTF8
    case numberTooLarge
    case nestedTooDeep
    case trailingBytes
}
