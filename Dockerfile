# Not run while building: there was no container engine; test/unit/deployment.test.ts checks it.
# One image for every role: docker run kinoscope [serve|api|worker|keys create NAME|doctor]
FROM node:22-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# Compiles, builds the networks into models/.cache, then leaves out what only building needs.
RUN npm run setup && npm prune --omit=dev

FROM node:22-bookworm-slim
RUN apt-get update \
    && apt-get install --no-install-recommends -y ffmpeg \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build --chown=node:node /app/package.json ./
COPY --from=build --chown=node:node /app/node_modules ./node_modules
COPY --from=build --chown=node:node /app/dist ./dist
COPY --from=build --chown=node:node /app/bin ./bin
COPY --from=build --chown=node:node /app/data ./data
COPY --from=build --chown=node:node /app/docs/api-examples.json ./docs/
COPY --from=build --chown=node:node /app/models ./models
ENV NODE_ENV=production \
    KINOSCOPE_HOME=/data \
    KINOSCOPE_HOST=0.0.0.0 \
    KINOSCOPE_LOG_JSON=true
RUN install -d -o node -g node /data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK CMD ["node", "-e", "fetch('http://127.0.0.1:3000/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/kinoscope.js"]
CMD ["serve"]
