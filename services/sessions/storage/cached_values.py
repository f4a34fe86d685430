"""Values of one type as the cache keeps them. What is no such value is a miss, and is deleted."""

from contextlib import suppress
from typing import Generic, TypeVar

import msgspec
import structlog

from services.chassis.cache import Cache, CacheDown

log = structlog.get_logger(__name__)
Value = TypeVar("Value")


class CachedValues(Generic[Value]):
    """Packs and reads values. The last `remembered` are kept as they were read: as long as the
    cache has the same bytes, nothing is read anew."""

    def __init__(self, cache: Cache, kind: type[Value], *, remembered: int = 256) -> None:
        self._cache = cache
        self._decoder = msgspec.json.Decoder(kind)
        self._encoder = msgspec.json.Encoder()
        self._most = remembered
        self._remembered: dict[str, tuple[bytes, Value]] = {}

    def packed(self, value: Value) -> bytes:
        """For the cache."""
        return self._encoder.encode(value)

    async def read(self, key: str, packed: bytes) -> Value | None:
        """None, and the key deleted, when the cache holds something else."""
        known = self._remembered.get(key)
        if known is not None and known[0] == packed:
            return known[1]
        try:
            value = self._decoder.decode(packed)
        except (msgspec.DecodeError, UnicodeDecodeError):
            log.warning("the cache holds something else", key=key)
            with suppress(CacheDown):
                await self._cache.send("DEL", key)
            return None
        self._remember(key, packed, value)
        return value

    def _remember(self, key: str, packed: bytes, value: Value) -> None:
        self._remembered.pop(key, None)
        if len(self._remembered) >= self._most:
            del self._remembered[next(iter(self._remembered))]
        self._remembered[key] = packed, value
