# Every service from one file: `docker build --target ingestion-service .` (or dispatcher-service, retry-service).
# The services share their dependencies, and so nearly all layers. provider-sandbox, for development and tests,
# is a target of its own: neither its code nor what it depends on is in the others.
# Node runs the TypeScript as it is, so nothing is compiled. Plain `docker build` without BuildKit works too.

FROM node:24-bookworm-slim AS manifests
WORKDIR /app
# npm ci takes the workspaces that it finds; what else the lock file names is left out. The development tools are dropped
# first: npm ci would look up their binaries for every platform, and end where a registry mirror has only this one's.
COPY package.json package-lock.json ./
RUN npm pkg delete devDependencies
COPY workspaces/shared/package.json workspaces/shared/

FROM manifests AS service-dependencies
COPY workspaces/ingestion-service/package.json workspaces/ingestion-service/
COPY workspaces/dispatcher-service/package.json workspaces/dispatcher-service/
COPY workspaces/retry-service/package.json workspaces/retry-service/
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM manifests AS sandbox-dependencies
COPY workspaces/provider-sandbox/package.json workspaces/provider-sandbox/
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-bookworm-slim AS runtime
ENV NODE_ENV=production
# The code belongs to root: the process can read it and not change it. It writes nowhere, a read-only root will do.
USER node
# Alive, not ready: restarting a process does not help it when Kafka or MongoDB is away. docker-compose.yml and k8s ask /ready.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Exec form: node is process 1 and gets SIGTERM itself. It starts no other processes, so nothing needs reaping.
CMD ["node", "main.ts"]

FROM runtime AS provider-sandbox
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
COPY workspaces/retry-service /app/workspaces/retry-service
WORKDIR /app/workspaces/retry-service
ENV PORT=3005
EXPOSE 3005

# Its DISPATCHER_ROLE has no default: critical, default or retry.
FROM service AS dispatcher-service
COPY workspaces/dispatcher-service /app/workspaces/dispatcher-service
WORKDIR /app/workspaces/dispatcher-service
ENV PORT=3001
EXPOSE 3001

# The last one is what a build without --target makes.
FROM service AS ingestion-service
COPY workspaces/ingestion-service /app/workspaces/ingestion-service
WORKDIR /app/workspaces/ingestion-service
ENV PORT=3000
EXPOSE 3000
