# One image for the server and for sync. Redis and MySQL run in their own containers (compose.yaml).
FROM node:20-slim AS build
WORKDIR /brook
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:20-slim
WORKDIR /brook
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/tmp/brook
COPY --from=build /brook/package.json ./
COPY --from=build /brook/node_modules node_modules
COPY --from=build /brook/dist dist
COPY --from=build /brook/migrations migrations
# The Lua scripts are loaded from the source folder at run time.
COPY --from=build /brook/server server
USER node
EXPOSE 3000
ENTRYPOINT ["node", "dist/brook/main.js"]
CMD ["server"]
