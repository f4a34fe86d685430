"""What a person may have and undo of what is kept of him: a copy now and then, and all of it gone.

Who is deleted keeps his number alone, under which the other services keep results; nobody stands
behind it any more. A person who starts again is new.
"""

from datetime import timedelta
from typing import Protocol

from services.users.domain.ports import People
from services.users.domain.profile import found
from services.users.domain.refusals import ExportTooSoon
from services.users.domain.user import User, UserId

EXPORTED = "privacy.export"
EXPORTS_MOST = 3
EXPORTS_WITHIN = timedelta(hours=24)


class Privacy(Protocol):
    """What is kept of one person, in one write transaction."""

    async def exports(self, user_id: UserId, within: timedelta) -> int:
        """How often he has asked for a copy of late."""

    async def erase(self, user: User, request_id: str) -> None:
        """Everything but his number, and the outcome of the request under way; the other services
        are told."""


async def request_export(people: People, privacy: Privacy, actor: UserId) -> None:
    """Raises UserNotFound, ExportTooSoon."""
    user = await found(people, actor)
    if await privacy.exports(user.id, EXPORTS_WITHIN) >= EXPORTS_MOST:
        raise ExportTooSoon("a copy was asked for often enough", most=EXPORTS_MOST)
    await people.record(user.id, EXPORTED, user.id)


async def delete(people: People, privacy: Privacy, actor: UserId, request_id: str) -> None:
    """Whoever is not there is deleted already."""
    user = await people.lock(actor)
    if user is not None:
        await privacy.erase(user, request_id)
