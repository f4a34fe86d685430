"""Erases whom users has deleted: the sender has no worker, so it looks by itself now and then."""

import asyncio

from services.chassis import logs
from services.chassis.erasures import ERASE, Erasures, tried

log = logs.logger(__name__)


async def erase_for_ever(erasures: Erasures) -> None:
    """As often as the workers do; a failure waits for the next time."""
    while True:
        await asyncio.sleep(ERASE.every.total_seconds())
        try:
            await tried(erasures)
        except Exception:
            log.exception("who was deleted is erased later")
