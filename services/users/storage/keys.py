"""What users keeps in the cache: a person by his Telegram id, where the gateway finds him too."""

from collections.abc import Collection, Iterable, Set

import structlog

from services.chassis.cache import Cache, CacheDown
from services.chassis.known_person import SHAPE, THING
from services.users.domain.user import TelegramId

# Longer than anybody is cached, however the settings have it.
NAMED_SECONDS = 7200

log = structlog.get_logger(__name__)


def user_key(cache: Cache, telegram_id: TelegramId) -> str:
    """The key of a person's cached value."""
    return cache.key(THING, SHAPE, telegram_id)


async def formerly_named(cache: Cache, accounts: Collection[TelegramId]) -> Set[TelegramId]:
    """Who was named as an admin when this was told last; from now on these accounts are."""
    key = cache.key("named_admins", 1, "all")
    named = ",".join(map(str, sorted(accounts)))
    try:
        before = await cache.send("GET", key)
        await cache.send("SET", key, named, "EX", NAMED_SECONDS)
    except CacheDown:
        return frozenset()
    return frozenset(TelegramId(int(one)) for one in (before or b"").split(b",") if one.isdigit())


async def forget(cache: Cache, accounts: Iterable[TelegramId]) -> None:
    """Of these people other settings may have kept something else."""
    try:
        for account in accounts:
            await cache.send("DEL", user_key(cache, account))
    except CacheDown:
        log.info("what is kept of admins ends by time alone")
