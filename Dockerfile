# syntax=docker/dockerfile:1
# One image with the three programs; docker-compose.yml says which one a container runs.

FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
ENV SQLX_OFFLINE=true
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --locked --release --package api --package worker --package sandbox \
    && mkdir /out && cp target/release/api target/release/worker target/release/sandbox /out/

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --no-create-home anyport
COPY --from=build /out/ /usr/local/bin/
# Webhook receivers are called over https.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt

# Puts the database password, a secret in a file, into the address that the programs read.
COPY --chmod=755 <<'SCRIPT' /usr/local/bin/with-secrets
#!/bin/sh
set -eu
if [ -r /run/secrets/database_password ]; then
    DATABASE_URL="postgres://anyport:$(cat /run/secrets/database_password)@postgres:5432/anyport"
    export DATABASE_URL
fi
exec "$@"
SCRIPT

# Makes what is missing in /secrets; run once before the first start.
COPY --chmod=755 <<'SCRIPT' /usr/local/bin/make-secrets
#!/bin/sh
set -eu
umask 077
cd /secrets
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
mkdir -p token webhook
if [ ! -e token/token-0001.pem ]; then
    api keys token-0001 token
    rm -f token/token-0001.pub.pem
fi
[ -e webhook/webhook-0001.pem ] || api keys webhook-0001 webhook
for name in anyport bank; do
    [ -e "$name.pem" ] || api keys "$name" .
done
[ -e draw.keys ] || echo "2004-04-01 draw-0001 $(random)" >draw.keys
for name in database_password admin_password; do
    [ -e "$name" ] || random >"$name"
done
chown -R 10001 .
SCRIPT

# What was freed goes back to the machine: the allocator keeps a quarter of the memory otherwise.
ENV MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=262144 MALLOC_TRIM_THRESHOLD_=262144
USER 10001
ENTRYPOINT ["with-secrets"]
CMD ["api"]
