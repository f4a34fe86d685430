"""Broadcasts: who may write to whom, what a text may be, and how far one is.

Who is told is read page by page in the order of the people's ids, by the worker.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NewType, Protocol

from services.chassis.errors import Invalid, NotFound
from services.chassis.plain_text import READ_CODE_POINTS, one_line
from services.sessions.domain.refusals import NotAllowed, SessionNotFound
from services.sessions.domain.rights import must_run
from services.sessions.domain.values import Person, Role, Session, SessionId, UserId

BroadcastId = NewType("BroadcastId", int)

MAX_UNITS = 3000
"""UTF-16 units, as Telegram counts: a message takes 4096, and says more than the text."""


class TextEmpty(Invalid):
    """Nothing of it can be seen."""

    reason = "TEXT_EMPTY"


class TextTooLong(Invalid):
    """More than a message takes."""

    reason = "TEXT_TOO_LONG"


class BroadcastNotFound(NotFound):
    """No such broadcast."""

    reason = "BROADCAST_NOT_FOUND"


class BroadcastStatus(Enum):
    """Whether people are still handed to the sender."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """One text for many. Without a session it is for everybody; everybody up to `cursor` was
    handed to the sender."""

    id: BroadcastId
    session_id: SessionId | None
    author_id: UserId
    text: str
    status: BroadcastStatus
    total: int
    handed: int
    cursor: UserId
    created_at: datetime

    @property
    def group(self) -> str:
        """Under which its notices are counted and dropped."""
        return f"broadcast:{self.id}"

    def notice_id(self, user_id: UserId) -> str:
        """The same at every repeat: nobody is told twice."""
        return f"{self.group}:{user_id}"


class BroadcastReads(Protocol):
    """What is known of broadcasts and of their audiences, in one transaction."""

    async def session(self, session_id: SessionId) -> Session | None:
        """None: no such session."""

    async def count_people(self, session_id: SessionId) -> int:
        """Everybody who is in the session or waits for a place."""

    async def broadcast(self, broadcast_id: BroadcastId) -> Broadcast | None:
        """None: no such broadcast."""


class BroadcastStore(BroadcastReads, Protocol):
    """One write transaction."""

    async def open(
        self, author: UserId, session_id: SessionId | None, text: str, total: int
    ) -> Broadcast:
        """A new one, which the worker begins to hand over once this is committed."""

    async def stop(self, broadcast: Broadcast, actor: UserId) -> Broadcast:
        """No more people are handed over, and those who were but are not reached are let off."""


async def check_audience(
    reads: BroadcastReads, actor: Person, session_id: SessionId | None
) -> None:
    """To everybody: admins. To a session's people: who runs it.

    Raises NotAllowed, SessionNotFound.
    """
    if session_id is None:
        must_write_to_everybody(actor)
        return
    session = await reads.session(session_id)
    if session is None:
        raise SessionNotFound(f"no session {session_id}", session_id=session_id)
    must_run(actor, session)


def may_write_to_everybody(actor: Person) -> bool:
    """Admins may."""
    return actor.role >= Role.ADMIN


def must_write_to_everybody(actor: Person) -> None:
    """Raises NotAllowed unless an admin asks."""
    if not may_write_to_everybody(actor):
        raise NotAllowed(f"user {actor.id} is no admin")


async def create(
    store: BroadcastStore, actor: Person, session_id: SessionId | None, text: str, everybody: int
) -> Broadcast:
    """Opens a broadcast; `everybody` is how many one without a session goes to.

    Raises NotAllowed, SessionNotFound, TextEmpty, TextTooLong.
    """
    await check_audience(store, actor, session_id)
    cleaned = clean_text(text)
    total = everybody if session_id is None else await store.count_people(session_id)
    return await store.open(actor.id, session_id, cleaned, total)


async def get(reads: BroadcastReads, actor: Person, broadcast_id: BroadcastId) -> Broadcast:
    """The author's own, for admins anybody's. Raises NotAllowed, BroadcastNotFound."""
    found = await reads.broadcast(broadcast_id)
    if found is None:
        raise BroadcastNotFound(f"no broadcast {broadcast_id}")
    if actor.role < Role.ADMIN and actor.id != found.author_id:
        raise NotAllowed(f"broadcast {broadcast_id} is another organiser's")
    return found


async def stop(store: BroadcastStore, actor: Person, broadcast_id: BroadcastId) -> Broadcast:
    """Also one that was handed over whole: not all of it need have left. Raises as `get`."""
    found = await get(store, actor, broadcast_id)
    return found if found.status is BroadcastStatus.STOPPED else await store.stop(found, actor.id)


def clean_text(text: str) -> str:
    """The text line by line as `one_line` makes it, no two empty lines together.

    Raises TextEmpty, TextTooLong.
    """
    if len(text) > READ_CODE_POINTS:
        raise TextTooLong("longer than any message", max=MAX_UNITS)
    kept: list[str] = []
    for line in (one_line(line, READ_CODE_POINTS) for line in text.splitlines()):
        if line or (kept and kept[-1]):
            kept.append(line)
    cleaned = "\n".join(kept).strip()
    if not cleaned:
        raise TextEmpty("nothing that can be seen")
    if len(cleaned.encode("utf-16-le")) // 2 > MAX_UNITS:
        raise TextTooLong("too long for a message", max=MAX_UNITS)
    return cleaned
