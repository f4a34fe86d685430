"""Changes of notices, written down together: those that come while others are being written are
one transaction.

A change that cannot be written down (the database is away) is kept here and written before the
next claim, so that the notice is not sent twice while this process lives.
"""

import time
from collections.abc import Callable, Sequence

from services.chassis import logs
from services.chassis.coalesce import Coalescer, Crowded, TooLate
from services.chassis.db import Database, WriteTransaction
from services.chassis.errors import Unavailable
from services.gateway.sender.changes import AnyChange, write
from services.gateway.sender.notices import NoticeStore

MOST_TOGETHER = 256
# Longer than a transaction may last; a change of which nothing was heard is written again.
WRITE_SECONDS = 15.0

log = logs.logger(__name__)
Changes = Sequence[AnyChange]


class Book:
    """This sender's way of writing to the notices."""

    def __init__(
        self, database: Database, store: Callable[[WriteTransaction], NoticeStore]
    ) -> None:
        self._database = database
        self._store = store
        self._together: Coalescer[Changes, None] = Coalescer(
            self._carry, slots=1, most=MOST_TOGETHER
        )
        self._unwritten: list[AnyChange] = []

    async def note(self, changes: Changes) -> None:
        """Write them down, now or once the database is back; never raises Unavailable."""
        if not changes:
            return
        try:
            await self._together(changes, time.monotonic() + WRITE_SECONDS)
        except (Unavailable, TooLate, Crowded) as error:
            log.warning("a verdict waits for the database", error=str(error))
            self._unwritten += changes

    async def catch_up(self) -> None:
        """Write down what could not be. Raises Unavailable when it still cannot."""
        while some := self._unwritten[:MOST_TOGETHER]:
            outcomes = await self._carry([[change] for change in some], 0.0)
            del self._unwritten[: len(some)]
            for error in filter(None, outcomes):
                log.error("a verdict cannot be written", exc_info=error)

    async def _carry(self, entries: Sequence[Changes], _: float) -> Sequence[Exception | None]:
        try:
            await self._write([change for changes in entries for change in changes])
        except Unavailable:
            raise
        except Exception:
            return [await self._alone(changes) for changes in entries]
        return [None] * len(entries)

    async def _alone(self, changes: Changes) -> Exception | None:
        """What the database takes as little as its neighbours must not keep them from it."""
        try:
            await self._write(changes)
        except Exception as error:
            return error
        return None

    async def _write(self, changes: Changes) -> None:
        async with self._database.write() as transaction:
            await write(self._store(transaction), changes)
