FROM node:24-slim

WORKDIR /app
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/node_modules/.cache/accord

COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund \
 && npm cache clean --force \
 && mkdir -p node_modules/.cache uploads \
 && chown node node_modules/.cache uploads

COPY generated generated
COPY src src

USER node
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8000}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]

# What `npm start` runs. Without npm in between, SIGTERM reaches the server itself and it drains.
CMD ["node", "src/main.ts", "serve"]
