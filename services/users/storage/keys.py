"""What users keeps in the cache: a person by his Telegram id, where the gateway finds him too."""

from collections.abc import Iterable

import structlog

from services.chassis.cache import Cache, CacheDown
from services.chassis.known_person import SHAPE, THING
from services.users.domain.user import TelegramId

log = structlog.get_logger(__name__)


def user_key(cache: Cache, telegram_id: TelegramId) -> str:
    """The key of a person's cached value."""
    return cache.key(THING, SHAPE, telegram_id)


async def forget(cache: Cache, accounts: Iterable[TelegramId]) -> None:
    """Of these people other settings may have kept something else."""
    try:
        for account in accounts:
            await cache.send("DEL", user_key(cache, account))
    except CacheDown:
        log.info("what is kept of admins ends by time alone")
