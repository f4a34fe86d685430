// What the guide keeps in Redis: each person's session, and how often he has come in this minute.

const SESSION_SECONDS = 3600;
const WINDOW_SECONDS = 60;

export const sessionStore = (redis) => ({
  async get(key) {
    const text = await redis.get(`session:${key}`);
    return text ? JSON.parse(text) : undefined;
  },
  set: (key, value) => redis.set(`session:${key}`, JSON.stringify(value), "EX", SESSION_SECONDS),
  delete: (key) => redis.del(`session:${key}`),
});

export const rateLimit = (redis, limit, refuse) => async (ctx, next) => {
  if (!ctx.from) return next();
  const key = `rate_limit:${ctx.from.id}`;
  const current = await redis.get(key);
  if (current && Number(current) > limit) return refuse(ctx);
  await redis.incr(key);
  await redis.expire(key, WINDOW_SECONDS);
  return next();
};
