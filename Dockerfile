# syntax=docker/dockerfile:1

FROM rust:1.95-bookworm AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --release --locked --bin huiyin \
    && cp target/release/huiyin /huiyin

FROM debian:bookworm-slim
# The user has no password and no shell; all it may write to is /data.
RUN useradd --system --uid 10001 --create-home --home-dir /data --shell /usr/sbin/nologin huiyin
COPY --from=build /huiyin /usr/local/bin/huiyin
USER 10001
VOLUME /data
ENV HUIYIN_LISTEN=0.0.0.0:8080 \
    HUIYIN_DATABASE_URL=sqlite:///data/huiyin.db
EXPOSE 8080
# The image has no HTTP client, and bash can speak enough of it.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["huiyin"]
