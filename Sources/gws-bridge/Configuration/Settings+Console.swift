extension Settings {
    /// Where the console is, and who may look at it. Reads the file that its token is in.
    func console() throws(ConfigurationError) -> Console.Settings {
        var console = Console.Settings()
        console.host = text("console.host") ?? console.host
        console.port = number("console.port")
        if let path = text("console.token-file") { console.token = try PasswordFile.read(path) }
        console.showsPersonalData = flag("console.personal-data")
        return console
    }
}
