import Testing

@testable import gws_bridge

@Suite struct DescriptorsTests {
    @Test func `each agent needs two, and a command one`() {
        #expect(Descriptors.needed(agents: 1000, concurrency: 64) == 2164)
    }
}
