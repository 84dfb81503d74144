# Two stages: the first builds, the last holds one binary with its rulesets embedded.
# Both base images can be replaced: docker build --build-arg BUILD_IMAGE=… --build-arg RUNTIME_IMAGE=…
ARG BUILD_IMAGE=rust:1.95-slim-bookworm
ARG RUNTIME_IMAGE=debian:bookworm-slim

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
# Dependencies first, with an empty program: they are built again only when the manifest changes.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src benches ruleset/releases \
    && echo 'fn main() {}' > src/main.rs \
    && touch src/lib.rs \
    && cargo build --profile dist --locked --bin kneadsafe \
    && rm -rf src
COPY src ./src
COPY ruleset ./ruleset
RUN touch src/lib.rs src/main.rs \
    && cargo build --profile dist --locked --bin kneadsafe

FROM ${RUNTIME_IMAGE}
# The authorities that FHIR servers' certificates are by; the slim image has none of its own.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/target/dist/kneadsafe /usr/local/bin/kneadsafe
USER 65532:65532
EXPOSE 8080
# Inside a container the service must listen beyond loopback. Without keys it refuses to, unless it is told that something
# in front of it keeps strangers out: set KNEADSAFE_API_KEY_FILE, or KNEADSAFE_ALLOW_UNAUTHENTICATED=true.
ENV KNEADSAFE_LISTEN=0.0.0.0:8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["kneadsafe", "health"]
ENTRYPOINT ["kneadsafe"]
CMD ["serve"]
