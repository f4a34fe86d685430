"""One process, one bot, until SIGTERM; --versions tells what it stands on."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping
from importlib.metadata import version

import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web
from redis.asyncio import BlockingConnectionPool, Redis
from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from tests.bench.peers.aiogram_sqlalchemy.handlers import router
from tests.bench.peers.aiogram_sqlalchemy.middlewares import Database, RateLimit

PACKAGES = ("aiogram", "aiohttp", "SQLAlchemy", "asyncpg", "redis", "hiredis", "uvloop")
SESSION_SECONDS = 3600
REDIS_CONNECTIONS = 50
REDIS_PATIENCE = 20
"""Seconds that an update waits for one of them; by default it would be refused at once."""


def make_app(env: Mapping[str, str]) -> web.Application:
    """The webhook's server, with all that it stands on."""
    connections = BlockingConnectionPool.from_url(
        env["REDIS_URL"], max_connections=REDIS_CONNECTIONS, timeout=REDIS_PATIENCE
    )
    redis = Redis(connection_pool=connections)
    pool = int(env.get("DATABASE_POOL_MAX", "20"))
    url = make_url(env["DATABASE_URL"]).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(url, pool_size=pool, max_overflow=0)
    storage = RedisStorage(redis, state_ttl=SESSION_SECONDS, data_ttl=SESSION_SECONDS)
    dispatcher = Dispatcher(storage=storage)
    limit = RateLimit(redis, int(env.get("RATE_LIMIT_MAX", "1000000")))
    database = Database(async_sessionmaker(engine, expire_on_commit=False))
    for observer in (dispatcher.message, dispatcher.callback_query):
        observer.outer_middleware(limit)
        observer.middleware(database)
    dispatcher.include_router(router)
    dispatcher.shutdown.register(engine.dispose)
    bot = make_bot(env)
    app = web.Application()
    SimpleRequestHandler(
        dispatcher, bot, handle_in_background=False, secret_token=env["WEBHOOK_SECRET"]
    ).register(app, env["WEBHOOK_PATH"])
    setup_application(app, dispatcher, bot=bot)
    return app


def make_bot(env: Mapping[str, str]) -> Bot:
    """The bot, with the Bot API where it is."""
    api = TelegramAPIServer.from_base(env["TELEGRAM_API_URL"])
    properties = DefaultBotProperties(parse_mode="HTML")
    return Bot(env["BOT_TOKEN"], session=AiohttpSession(api=api), default=properties)


def versions() -> dict[str, str]:
    """Of Python and of what matters here."""
    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def main(env: Mapping[str, str]) -> None:
    web.run_app(
        make_app(env),
        host=env["HTTP_HOST"],
        port=int(env["HTTP_PORT"]),
        access_log=None,
        print=None,
        keepalive_timeout=75,
        loop=uvloop.new_event_loop(),
    )


if __name__ == "__main__":
    if "--versions" in sys.argv:
        print(json.dumps(versions()))
    else:
        main(os.environ)
