// One process, one bot: `node main.js prisma` or `node main.js sql`, until SIGTERM.

import { createServer } from "node:http";

import { Redis } from "ioredis";

import { makeBot } from "./bot.js";

const STORES = {
  prisma: async () => (await import("./prisma_store.js")).PrismaStore,
  sql: async () => (await import("./sql_store.js")).SqlStore,
};

const env = process.env;
const Store = await STORES[process.argv[2]]();
const store = new Store(env.DATABASE_URL);
const redis = new Redis(env.REDIS_URL);
const bot = makeBot({
  token: env.BOT_TOKEN,
  apiRoot: env.TELEGRAM_API_URL,
  rateLimitMax: Number(env.RATE_LIMIT_MAX ?? 1_000_000),
  store,
  redis,
});
bot.botInfo = await bot.telegram.getMe();

const server = createServer(
  bot.webhookCallback(env.WEBHOOK_PATH, { secretToken: env.WEBHOOK_SECRET }),
);
// Telegram keeps its connections; the default of 5 seconds would close them between updates.
server.keepAliveTimeout = 75_000;
server.listen(Number(env.HTTP_PORT), env.HTTP_HOST);

process.once("SIGTERM", () => {
  server.close(async () => {
    await store.close();
    redis.disconnect();
    process.exit(0);
  });
  server.closeIdleConnections();
});
