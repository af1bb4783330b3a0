import Foundation

/// A secret in a file of its own, as Docker and systemd hand them over.
enum PasswordFile {
    /// Without the line end that editors and `echo` leave behind.
    static func read(
        _ path: String, reading: AgentsFile.Reading = AgentsFile.read
    ) throws(ConfigurationError) -> String {
        guard let data = reading(path) else {
            throw ConfigurationError("\(path): cannot be read; is it there, and may this user read it?")
        }
        guard var text = String(validating: data, as: UTF8.self) else {
            throw ConfigurationError("\(path): is not UTF-8")
        }
        while text.last?.isNewline == true { text.removeLast() }
        guard !text.isEmpty else { throw ConfigurationError("\(path): is empty, but must hold a password") }
        return text
    }
}
