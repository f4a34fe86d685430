"""What every update passes: the rate limit as the guide has it, and its database session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.methods import SendMessage
from aiogram.types import TelegramObject
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from tests.bench.peers.aiogram_sqlalchemy.screens import TOO_MANY
from tests.bench.peers.aiogram_sqlalchemy.store import Store

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
WINDOW_SECONDS = 60


class RateLimit(BaseMiddleware):
    """At most so many updates of a person in a minute."""

    def __init__(self, redis: Redis, limit: int) -> None:
        self._redis = redis
        self._limit = limit

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        user = data.get("event_from_user")
        if user is None:
            return await handler(event, data)
        key = f"rate_limit:{user.id}"
        current = await self._redis.get(key)
        if current and int(current) > self._limit:
            return SendMessage(chat_id=user.id, text=TOO_MANY)
        await self._redis.incr(key)
        await self._redis.expire(key, WINDOW_SECONDS)
        return await handler(event, data)


class Database(BaseMiddleware):
    """One AsyncSession for one update."""

    def __init__(self, sessions: async_sessionmaker[AsyncSession]) -> None:
        self._sessions = sessions

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        async with self._sessions() as db:
            data["store"] = Store(db)
            return await handler(event, data)
