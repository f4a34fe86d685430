"""Who tried what he may not: a row in the service's audit for each call that was forbidden, in a
transaction of its own, since nothing else of such a call is kept."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Table, insert

from services.chassis import logs
from services.chassis.db import Database
from services.chassis.errors import Refused
from services.chassis.once import Repeated
from services.chassis.peers import PeerNotAllowed

ACTION = "refused"
SECONDS = 1.0
# Who has only not told his name yet tries nothing.
HARMLESS = frozenset({"NOT_REGISTERED"})
ABOUT = ("session_id", "team_id", "subject_id")

log = logs.logger(__name__)
Tell = Callable[[str, Any, Refused], Awaitable[None]]


class RefusedActs:
    """Takes what a server has forbidden to people."""

    def __init__(self, database: Database, audit: Table) -> None:
        self._database = database
        self._audit = audit

    async def __call__(self, method: str, request: Any, refusal: Refused) -> None:
        """Once for a request and its repeats. What cannot be written down is in the log alone."""
        actor = actor_of(request)
        if not actor or isinstance(refusal, Repeated | PeerNotAllowed):
            return
        if refusal.reason in HARMLESS:
            return
        note = method.rpartition("/")[2]
        log.warning("an act was refused", method=note, actor_id=actor, reason=refusal.reason)
        row = {"actor_id": actor, "action": ACTION, "note": note, **self._about(request)}
        try:
            async with asyncio.timeout(SECONDS), self._database.write() as transaction:
                await transaction.execute(insert(self._audit).values(row))
        except Exception as error:
            log.error("a refused act is not in the audit", error=type(error).__name__)

    def _about(self, request: Any) -> dict[str, int]:
        """What it was about, as far as the audit has a place for it and a value is needed."""
        fields = request.DESCRIPTOR.fields_by_name
        told = {name: int(getattr(request, name)) for name in ABOUT if name in fields}
        if "user_id" in fields:
            told["subject_id"] = int(request.user_id)
        columns = self._audit.c
        needed = {name: 0 for name in ABOUT if name in columns and not columns[name].nullable}
        return needed | {
            name: value for name, value in told.items() if name in columns and value > 0
        }


def actor_of(request: Any) -> int:
    """Who asks; 0 for nobody."""
    fields = request.DESCRIPTOR.fields_by_name
    if "write" in fields:
        return int(request.write.actor_id)
    for name in ("actor_id", "viewer_id"):
        if name in fields:
            return int(getattr(request, name))
    return 0
