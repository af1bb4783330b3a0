# Two images of one build: the bridge (the default) and the simulator.
#
#   docker build -t gws-bridge .
#   docker build -t gws-simulator --target simulator .

FROM swift:6.3-bookworm AS build
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        librabbitmq-dev libsqlite3-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# The dependencies first: they change less often than the sources.
COPY Package.* ./
RUN swift package resolve
COPY Sources ./Sources
# The manifest names the test targets, so their directories must be there.
COPY Tests ./Tests
RUN swift build -c release --static-swift-stdlib --product gws-bridge \
    && swift build -c release --static-swift-stdlib --product gws-simulator \
    && binaries=$(swift build -c release --static-swift-stdlib --show-bin-path) \
    && mkdir /out \
    && cp "$binaries/gws-bridge" "$binaries/gws-simulator" /out/ \
    && strip /out/*

FROM debian:bookworm-slim AS base
RUN apt-get update -q \
    && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
        librabbitmq4 libsqlite3-0 ca-certificates tzdata \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/gws-bridge gws-bridge
USER gws-bridge
WORKDIR /var/lib/gws-bridge

FROM base AS simulator
COPY --from=build /out/gws-simulator /usr/local/bin/
EXPOSE 8090
# Without curl in the image: bash asks whether the port answers.
HEALTHCHECK --interval=2s --timeout=2s --start-period=10s --retries=15 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8090"]
ENTRYPOINT ["gws-simulator"]
CMD ["--host", "0.0.0.0", "--port", "8090"]

FROM base AS bridge
COPY --from=build /out/gws-bridge /usr/local/bin/
# What must survive the container. A volume takes over who owns the directory, and that nobody else may look into it.
RUN mkdir -m 700 gws-bridge-store
VOLUME /var/lib/gws-bridge/gws-bridge-store
ENV GWS_BRIDGE_CONSOLE_HOST=0.0.0.0
ENV GWS_BRIDGE_STORE_DIRECTORY=/var/lib/gws-bridge/gws-bridge-store
EXPOSE 9180
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=3 \
    CMD ["gws-bridge", "health"]
ENTRYPOINT ["gws-bridge"]
CMD ["run"]
