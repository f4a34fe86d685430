// The bot: rate limit, session, person, handlers, in the guide's order.

import { Telegraf, session } from "telegraf";

import { rateLimit, sessionStore } from "./redis.js";
import * as screens from "./screens.js";

export function makeBot({ token, apiRoot, rateLimitMax, store, redis }) {
  const bot = new Telegraf(token, { telegram: { apiRoot } });
  bot.use(rateLimit(redis, rateLimitMax, (ctx) => ctx.reply(screens.TOO_MANY)));
  bot.use(session({ store: sessionStore(redis), defaultSession: () => ({}) }));
  addHandlers(bot, store);
  bot.catch(failed);
  return bot;
}

// Telegram brings an update again unless it is answered with 200.
function failed(error, ctx) {
  console.error(error);
  const { response } = ctx.telegram;
  if (response && !response.headersSent) response.statusCode = 500;
}

function addHandlers(bot, store) {
  // Every other update's person is looked up; who has not come by /start is made known as well.
  const person = async (ctx) => (await store.person(ctx.from.id)) ?? store.ensure(ctx.from);

  const list = async (ctx) => {
    const { id } = await person(ctx);
    ctx.session.page = 0;
    return ctx.reply(...screens.listing(await store.upcoming(id, 0), 0));
  };

  const show = async (ctx, toast, view) => {
    await ctx.answerCbQuery(toast);
    return ctx.editMessageText(...screens.card(view, ctx.me));
  };

  bot.start(async (ctx) => {
    ctx.session = {};
    const { firstName } = await store.ensure(ctx.from);
    return ctx.reply(...screens.home(firstName));
  });

  bot.command("sessions", list);
  bot.hears(screens.MENU[0][0], list);

  bot.action(/^join:(\d+)$/, async (ctx) => {
    const { id } = await person(ctx);
    const result = await store.join(id, Number(ctx.match[1]));
    if (!result) return ctx.answerCbQuery(screens.GONE);
    return show(ctx, screens.joined(result), result.view);
  });

  bot.action(/^leave:(\d+)$/, async (ctx) => {
    const { id } = await person(ctx);
    const result = await store.leave(id, Number(ctx.match[1]));
    if (!result) return ctx.answerCbQuery(screens.GONE);
    return show(ctx, screens.left(result), result.view);
  });

  bot.action(/^(open|refresh):(\d+)$/, async (ctx) => {
    const { id } = await person(ctx);
    const view = await store.view(id, Number(ctx.match[2]));
    if (!view) return ctx.answerCbQuery(screens.GONE);
    return show(ctx, ctx.match[1] === "refresh" ? screens.REFRESHED : undefined, view);
  });

  bot.action(/^page:(\d+)$/, async (ctx) => {
    const { id } = await person(ctx);
    const page = Number(ctx.match[1]);
    ctx.session.page = page;
    const found = await store.upcoming(id, page);
    await ctx.answerCbQuery();
    return ctx.editMessageText(...screens.listing(found, page));
  });
}
