internal import GRDB
internal import GRDBSQLite

/// Statements without GRDB's values between them and SQLite: a command is several of them, and its id may have a zero
/// byte, which GRDB would take for its end.
extension Statement {
    /// SQLite makes a copy.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// - Parameter index: from 1.
    func bind(_ text: String?, at index: Int32) {
        guard var text else {
            sqlite3_bind_null(sqliteStatement, index)
            return
        }
        text.withUTF8 { text in
            text.withMemoryRebound(to: CChar.self) { text in
                _ = sqlite3_bind_text(
                    sqliteStatement, index, text.baseAddress, Int32(text.count), Self.transient)
            }
        }
    }

    /// - Parameter index: from 1.
    func bind(_ text: [UInt8]?, at index: Int32) {
        guard let text else {
            sqlite3_bind_null(sqliteStatement, index)
            return
        }
        text.withUnsafeBytes { text in
            _ = sqlite3_bind_text(
                sqliteStatement, index, text.assumingMemoryBound(to: CChar.self).baseAddress,
                Int32(text.count),
                Self.transient)
        }
    }

    /// - Parameters:
    ///   - blob: one that is not empty.
    ///   - index: from 1.
    func bind(blob: [UInt8], at index: Int32) {
        blob.withUnsafeBytes { blob in
            _ = sqlite3_bind_blob(
                sqliteStatement, index, blob.baseAddress, Int32(blob.count), Self.transient)
        }
    }

    /// - Parameter index: from 1.
    func bind(_ number: Int64?, at index: Int32) {
        if let number {
            sqlite3_bind_int64(sqliteStatement, index, number)
        } else {
            sqlite3_bind_null(sqliteStatement, index)
        }
    }

    /// Whether there is a row.
    func step() throws -> Bool {
        switch sqlite3_step(sqliteStatement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let message = String(cString: sqlite3_errmsg(sqlite3_db_handle(sqliteStatement)))
            sqlite3_reset(sqliteStatement)
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    /// To be done before it is bound again, and before the transaction ends.
    func rewind() {
        // Its status is that of the last step, which was thrown already.
        sqlite3_reset(sqliteStatement)
    }

    /// Steps through what gives no rows.
    func perform() throws {
        defer { rewind() }
        while try step() {}
    }

    /// - Parameter column: from 0.
    func text(_ column: Int32) -> String? { bytes(column).map { String(decoding: $0, as: UTF8.self) } }

    /// - Parameter column: from 0.
    func bytes(_ column: Int32) -> [UInt8]? {
        guard let text = sqlite3_column_text(sqliteStatement, column) else { return nil }
        return Array(
            UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(sqliteStatement, column))))
    }

    /// - Parameter column: from 0.
    func blob(_ column: Int32) -> [UInt8] {
        Array(
            UnsafeRawBufferPointer(
                start: sqlite3_column_blob(sqliteStatement, column),
                count: Int(sqlite3_column_bytes(sqliteStatement, column))))
    }

    /// - Parameter column: from 0.
    func number(_ column: Int32) -> Int64? {
        sqlite3_column_type(sqliteStatement, column) == SQLITE_NULL
            ? nil : sqlite3_column_int64(sqliteStatement, column)
    }
}
