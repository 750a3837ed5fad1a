# Every service from one file: `docker build --target ingestion-service .` (or dispatcher-service, retry-service, console).
# The services share their dependencies, and so nearly all layers. provider-sandbox, for development and tests,
# is a target of its own: neither its code nor what it depends on is in the others.
# Node runs the TypeScript as it is, so nothing is compiled. Plain `docker build` without BuildKit works too.

FROM node:24.21.0-bookworm-slim AS manifests
WORKDIR /app
# npm ci takes the workspaces that it finds; what else the lock file names is left out. The development tools are dropped
# first: npm ci would look up their binaries for every platform, and end where a registry mirror has only this one's.
COPY package.json package-lock.json ./
RUN npm pkg delete devDependencies
COPY workspaces/shared/package.json workspaces/shared/

# Type declarations, sources and source maps of packages are never loaded: Node takes no TypeScript from node_modules.
FROM manifests AS service-dependencies
COPY workspaces/ingestion-service/package.json workspaces/ingestion-service/
COPY workspaces/dispatcher-service/package.json workspaces/dispatcher-service/
COPY workspaces/retry-service/package.json workspaces/retry-service/
COPY workspaces/console/package.json workspaces/console/
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && find . -path '*/node_modules/*' -type f \( -name '*.ts' -o -name '*.[cm]ts' -o -name '*.map' \) -delete

FROM manifests AS sandbox-dependencies
COPY workspaces/provider-sandbox/package.json workspaces/provider-sandbox/
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && find . -path '*/node_modules/*' -type f \( -name '*.ts' -o -name '*.[cm]ts' -o -name '*.map' \) -delete

# Node without npm, headers and compilers; it brings its own certificate authorities.
FROM debian:bookworm-slim AS runtime
# As process 1 Node would ignore a SIGTERM that comes before its handlers are there, until it is killed; tini passes it on
# with its usual effect. Node needs libatomic1 on some platforms.
RUN apt-get update \
  && apt-get install -y --no-install-recommends tini libatomic1 \
  && rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/apt /var/log/dpkg.log \
  && groupadd --gid 1000 node \
  && useradd --uid 1000 --gid node --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin node
COPY --from=manifests /usr/local/bin/node /usr/local/bin/node
# The build ends here where the binary lacks a library.
RUN node --version
ENV NODE_ENV=production
# The code belongs to root: the process can read it and not change it. It writes nowhere, a read-only root will do.
USER 1000:1000
# Alive, not ready: restarting a process does not help it when Kafka or MongoDB is away. docker-compose.yml and k8s ask
# /ready. By bash, in 2 ms of CPU: a Node of its own would take 50 at every check.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$PORT && printf 'GET /health HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["tini", "--"]
CMD ["node", "main.ts"]
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.vendor="Postrider" org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="$VERSION" org.opencontainers.image.revision="$REVISION"

FROM runtime AS provider-sandbox
LABEL org.opencontainers.image.title="postrider/provider-sandbox" \
  org.opencontainers.image.description="Plays the providers; development and tests only"
COPY --from=sandbox-dependencies /app /app
COPY workspaces/shared /app/workspaces/shared
COPY workspaces/provider-sandbox /app/workspaces/provider-sandbox
WORKDIR /app/workspaces/provider-sandbox
ENV PORT=3100 SMTP_PORT=1025
EXPOSE 3100 1025

FROM runtime AS service
COPY --from=service-dependencies /app /app
COPY workspaces/shared /app/workspaces/shared

FROM service AS retry-service
LABEL org.opencontainers.image.title="postrider/retry-service" \
  org.opencontainers.image.description="Decides on retries, wakes what is due, keeps and replays dead letters"
COPY workspaces/retry-service /app/workspaces/retry-service
WORKDIR /app/workspaces/retry-service
ENV PORT=3005
EXPOSE 3005

FROM service AS console
LABEL org.opencontainers.image.title="postrider/console" \
  org.opencontainers.image.description="The operators' web page"
COPY workspaces/console /app/workspaces/console
WORKDIR /app/workspaces/console
ENV PORT=3006
EXPOSE 3006

# Its DISPATCHER_ROLE has no default: critical, default or retry.
FROM service AS dispatcher-service
LABEL org.opencontainers.image.title="postrider/dispatcher-service" \
  org.opencontainers.image.description="Delivers events through providers"
COPY workspaces/dispatcher-service /app/workspaces/dispatcher-service
WORKDIR /app/workspaces/dispatcher-service
ENV PORT=3001
EXPOSE 3001

# The last one is what a build without --target makes.
FROM service AS ingestion-service
LABEL org.opencontainers.image.title="postrider/ingestion-service" \
  org.opencontainers.image.description="Accepts and stores events and publishes them to Kafka"
COPY workspaces/ingestion-service /app/workspaces/ingestion-service
WORKDIR /app/workspaces/ingestion-service
ENV PORT=3000
EXPOSE 3000
