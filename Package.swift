// swift-tools-version: 6.2

import PackageDescription

/// On in CI (`CI=true`), so that a warning of a newer compiler does not stop somebody's build.
let warningsAreErrors = Context.environment["CI"] != nil

/// Set by `Scripts/fuzz`: our modules tell the fuzzer which ways an input takes, and mind whose
/// memory they read.
let isFuzzed = Context.environment["GWS_BRIDGE_FUZZ"] != nil

let swiftSettings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        // Much is handed from one module to the next for each message.
        .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
    ] + (warningsAreErrors ? [.treatAllWarnings(as: .error)] : [])
    + (isFuzzed ? [.unsafeFlags(["-sanitize=fuzzer,address"])] : [])

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let locks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let serviceLifecycleTestKit = Target.Dependency.product(
    name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "gws-bridge",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "gws-bridge", targets: ["gws-bridge"]),
        .executable(name: "gws-simulator", targets: ["gws-simulator"]),
        // For producers and consumers in Swift.
        .library(name: "AMQP", targets: ["AMQP"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.80.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.30.0"),
        .package(url: "https://github.com/apple/swift-crypto", "3.0.0"..<"5.0.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0", traits: ["YAML"]),
        // What swift-configuration reads YAML with. Its provider can neither list the keys of a file nor read a
        // list of mappings, and we refuse unknown keys and have a file of agents: so we read the nodes ourselves.
        .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.25.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.10.0"),
        // What must survive the process lies in SQLite. GRDB saves us its C interface, statements and their lifetimes;
        // it costs a minute to build and three megabytes, and only Bridge/Store would change without it.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.0.0"),
        // The front of metrics that hummingbird and async-http-client bring along anyway.
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
    ],
    targets: [
        // The broker's side.
        .systemLibrary(
            name: "CRabbitMQ",
            pkgConfig: "librabbitmq",
            providers: [.apt(["librabbitmq-dev"])]
        ),
        .target(name: "AMQP", dependencies: ["CRabbitMQ", logging, locks], swiftSettings: swiftSettings),

        // JSON whose values stay the bytes they were.
        .target(name: "RawJSON", swiftSettings: swiftSettings),

        // The server's side.
        .target(name: "Bayeux", dependencies: ["RawJSON", logging], swiftSettings: swiftSettings),
        .target(
            name: "GWS",
            dependencies: [
                "Bayeux", "RawJSON", nioCore, nioHTTP, nioPosix, nioTLS, nioSSL, logging, locks,
            ],
            swiftSettings: swiftSettings
        ),

        // What joins the two.
        .target(
            name: "Bridge",
            dependencies: [
                "AMQP", "GWS", "RawJSON", grdb, sqlite, metrics, serviceLifecycle, crypto, logging, locks,
            ],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "gws-bridge",
            dependencies: [
                "Bridge", "AMQP", "GWS", "Bayeux", "RawJSON", argumentParser, configuration, yams,
                asyncHTTPClient, nioCore, nioPosix, nioHTTP, nioTLS, nioSSL, hummingbird, serviceLifecycle,
                unixSignals, metrics, crypto, logging, locks,
            ],
            // The console's page.
            resources: [
                .embedInCode("Console/Page/console.html"), .embedInCode("Console/Page/console.css"),
                .embedInCode("Console/Page/console.js"),
            ],
            swiftSettings: swiftSettings
        ),

        // A GWS to try it with. It shares no code with the client: shared encoders would agree with
        // each other and be wrong together.
        .target(
            name: "GWSSimulator",
            dependencies: [hummingbird, nioCore, serviceLifecycle, logging, locks],
            swiftSettings: swiftSettings
        ),
        .executableTarget(
            name: "gws-simulator",
            dependencies: ["GWSSimulator", argumentParser, serviceLifecycle, unixSignals, logging],
            swiftSettings: swiftSettings
        ),

        .target(
            name: "TestSupport",
            dependencies: ["AMQP", "GWSSimulator", serviceLifecycle, logging, locks],
            path: "Tests/TestSupport",
            swiftSettings: swiftSettings
        ),
        // What the fuzzer asks of the code, and the tests of each input that it ever failed.
        .target(
            name: "FuzzSubjects", dependencies: ["AMQP", "Bayeux", "Bridge", "GWS", "RawJSON"],
            path: "Tests/Fuzz/Subjects", swiftSettings: swiftSettings),
        .testTarget(name: "FuzzTests", dependencies: ["FuzzSubjects"], swiftSettings: swiftSettings),
        .testTarget(
            name: "AMQPTests", dependencies: ["AMQP", "CRabbitMQ", "TestSupport"],
            swiftSettings: swiftSettings),
        .testTarget(name: "RawJSONTests", dependencies: ["RawJSON"], swiftSettings: swiftSettings),
        .testTarget(name: "BayeuxTests", dependencies: ["Bayeux", "RawJSON"], swiftSettings: swiftSettings),
        .testTarget(
            name: "GWSTests",
            dependencies: [
                "GWS", "Bayeux", "RawJSON", "TestSupport", nioCore, nioHTTP, nioPosix, nioSSL, logging,
                locks,
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "BridgeTests",
            dependencies: [
                "Bridge", "AMQP", "GWS", "RawJSON", "TestSupport", grdb, serviceLifecycle,
                serviceLifecycleTestKit, logging, locks, metricsTestKit,
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "GWSSimulatorTests",
            dependencies: [
                "GWSSimulator", "gws-simulator", "TestSupport", asyncHTTPClient, nioCore, nioHTTP,
            ],
            // Clients in other languages, run from where they lie.
            exclude: ["Foreign"],
            swiftSettings: swiftSettings
        ),
        // What QuickStart.md shows in Swift: for strangers, so without settings of our own.
        .executableTarget(
            name: "quick-start-producer", dependencies: ["AMQP", logging], path: "Tests/QuickStart/Producer"),
        .executableTarget(
            name: "quick-start-consumer", dependencies: ["AMQP", logging], path: "Tests/QuickStart/Consumer"),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "gws-bridge", "quick-start-producer", "quick-start-consumer", "AMQP", "Bridge", "GWS",
                "GWSSimulator", "RawJSON", "TestSupport", nioCore, nioPosix, nioSSL, metrics, logging, locks,
                yams,
            ],
            swiftSettings: swiftSettings
        ),
        .testTarget(
            name: "SystemTests",
            dependencies: [
                "gws-bridge", "Bridge", "GWS", "RawJSON", "TestSupport", serviceLifecycle, metricsTestKit,
            ],
            swiftSettings: swiftSettings
        ),
    ],
    swiftLanguageModes: [.v6]
)

// What only measures is not built with the rest.
if Context.environment["GWS_BRIDGE_BENCHMARKS"] != nil {
    package.targets.append(
        .executableTarget(
            name: "spool-rate", dependencies: ["AMQP", "Bridge", logging], path: "Benchmarks/SpoolRate",
            swiftSettings: swiftSettings))
}

// What makes inputs up. Its runtime is C++, and gold cannot link what swiftc makes of it.
if isFuzzed {
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "fuzz", dependencies: ["CFuzzer", "FuzzSubjects"], path: "Tests/Fuzz/Fuzzer",
            swiftSettings: swiftSettings,
            linkerSettings: [
                .linkedLibrary("stdc++"), .unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"]),
            ]),
    ]
}
