# The image of Chiffon: the sources as they are, because Node runs TypeScript itself, plus the built console.
# The version of Node is the one the tests run with (package.json, devDependencies).

FROM node:24.21.0-bookworm-slim AS console
WORKDIR /app
COPY package.json package-lock.json .npmrc prisma.config.ts ./
COPY prisma prisma
COPY tools/generate-prisma.ts tools/generate-prisma.ts
RUN npm ci
COPY tools/ensure-console.ts tools/ensure-console.ts
COPY vite.config.ts tsconfig.json ./
COPY src src
RUN node tools/ensure-console.ts

FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc prisma.config.ts ./
COPY prisma prisma
COPY tools/generate-prisma.ts tools/generate-prisma.ts
RUN npm ci --omit=dev && npm cache clean --force

FROM node:24.21.0-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates git openssh-client \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY commands commands
COPY config config
COPY prisma prisma
COPY tools/container-chiffon tools/container-health.ts tools/
COPY src src
COPY --from=packages /app/src/ledger/prisma-client src/ledger/prisma-client
COPY --from=console /app/dist/console dist/console
RUN ln -s /app/tools/container-chiffon /usr/local/bin/chiffon \
  && install -d -o node -g node -m 0700 /data
ENV NODE_ENV=production CHIFFON_DATA=/data
VOLUME /data
EXPOSE 4180
USER node
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "/app/tools/container-health.ts"]
ENTRYPOINT ["chiffon"]
CMD ["start"]
