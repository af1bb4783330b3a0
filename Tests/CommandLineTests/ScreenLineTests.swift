import Testing

@testable import gws_bridge

/// How wide a terminal shows a text.
@Suite struct ScreenLineTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("\u{301}", 0), ("漢字", 4), ("カ", 2), ("ｶ", 1),
        ("Ａ", 2),
        ("한", 2), ("\u{1112}\u{1161}\u{11AB}", 2), ("☎", 1), ("☎\u{FE0F}", 2), ("⌚", 2), ("☔", 2), ("⚡", 2),
        ("✅", 2),
        ("➕", 2), ("⭐", 2), ("★", 1), ("😀", 2), ("👍🏽", 2), ("🇩🇪", 2), ("🚀", 2), ("…", 1), ("ä", 1), ("я", 1),
        ("ก็", 1), ("क्ष", 2),
    ])
    func `a text has the columns that a terminal gives it`(text: String, columns: Int) {
        #expect(text.columns == columns)
    }

    @Test(arguments: [("漢字漢字", 5, "漢字…"), ("🇩🇪🇩🇪🇩🇪", 4, "🇩🇪…"), ("abc", 3, "abc"), ("⭐⭐", 3, "⭐…")])
    func `what is too long is cut between characters`(text: String, width: Int, clipped: String) {
        #expect(text.clipped(to: width) == clipped)
    }
}
