"""Lists of teams or sides: from the cache, then a replica, then the primary."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import msgspec

from services.chassis import logs
from services.chassis.cache import Cache
from services.chassis.consistency import Position
from services.chassis.db import Database, ReadTransaction

log = logs.logger(__name__)
Thing = TypeVar("Thing")
Read = Callable[[ReadTransaction], Awaitable[list[Thing]]]


class CachedLists(Generic[Thing]):
    """Each under its key for about `ttl` seconds. `kind` is what such a list is made of."""

    def __init__(self, database: Database, cache: Cache, ttl: float, kind: type[Thing]) -> None:
        self._database = database
        self._cache = cache
        self._ttl = ttl
        self._decoder: msgspec.msgpack.Decoder[list[Thing]] = msgspec.msgpack.Decoder(
            list[kind]  # type: ignore[valid-type]
        )

    async def of(self, key: str, read: Read[Thing]) -> list[Thing]:
        """What is kept, or what `read` finds."""

        async def load() -> tuple[Position, bytes]:
            async with self._database.read() as transaction:
                found = await read(transaction)
            return transaction.position, msgspec.msgpack.encode(found)

        value = await self._cache.fetch(key, load, self._ttl)
        try:
            return self._decoder.decode(value)
        except msgspec.DecodeError:
            log.warning("the cache holds something else than it should", key=key)
        async with self._database.read() as transaction:
            return await read(transaction)
