"""Cards and the list of coming sessions, cached for all viewers alike.

A viewer's own entry is cut from the board, so that a crowd shares one value. The soonest
sessions are one value too: it serves every page that lies within, and a commit makes it a miss.
My sessions, organisers' lists and venues are not cached.
"""

import itertools
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from pydantic import TypeAdapter, ValidationError

from services.chassis.cache import Cache, CacheDown
from services.chassis.consistency import Position
from services.sessions.domain.boards import After, Board
from services.sessions.domain.values import Session, SessionId, UserId, Venue
from services.sessions.storage.boards import SqlBoards

# How many of the coming sessions are kept as one value: a few pages.
WINDOW = 20

log = structlog.get_logger(__name__)
_boards = TypeAdapter(tuple[Board, ...])


class CachedBoards:
    """The port `Boards`: the cache, then a replica, then the primary."""

    def __init__(self, boards: SqlBoards, cache: Cache, *, ttl: float) -> None:
        self._boards = boards
        self._cache = cache
        self._ttl = ttl

    async def of_session(self, session_id: SessionId) -> Board | None:
        """None: no such session."""

        async def load() -> tuple[Position, bytes]:
            position, board = await self._boards.of_session_at(session_id)
            return position, _boards.dump_json((board,) if board else ())

        key = self._card(session_id)
        boards = await self._read(key, await self._cache.fetch(key, load, self._ttl))
        if boards is None:
            return await self._boards.of_session(session_id)
        return boards[0] if boards else None

    async def coming(self, after: After | None, count: int) -> Sequence[Board]:
        """Planned and not started, the soonest first."""
        key = self._soonest()
        value = await self._cache.fetch(key, self._load_soonest, self._ttl)
        soonest = await self._read(key, value)
        if soonest is None:
            return await self._boards.coming(after, count)
        now = datetime.now(UTC)
        ahead = [board for board in soonest if board.session.starts_at > now]
        page = [board for board in ahead if after is None or _is_after(board, after)]
        if len(page) >= count or len(soonest) < WINDOW:
            return page[:count]
        return await self._boards.coming(after, count)

    async def of_person(self, user_id: UserId, count: int) -> Sequence[Board]:
        """Of the coming ones, those in which the person is."""
        return await self._boards.of_person(user_id, count)

    async def begun_of_person(self, user_id: UserId, count: int) -> Sequence[Board]:
        """Those that have begun in which the person has a place."""
        return await self._boards.begun_of_person(user_id, count)

    async def between(
        self, since: datetime, until: datetime, after: After | None, count: int
    ) -> Sequence[Session]:
        """Of any status, those that start in [since, until), the soonest first."""
        return await self._boards.between(since, until, after, count)

    async def venues(self, count: int) -> Sequence[Venue]:
        """The last used first."""
        return await self._boards.venues(count)

    async def forget(self, sessions: Iterable[SessionId], position: Position) -> None:
        """What was read before `position` is old."""
        cards = map(self._card, sessions)
        await self._cache.invalidate(itertools.chain(cards, [self._soonest()]), position)

    async def _load_soonest(self) -> tuple[Position, bytes]:
        position, found = await self._boards.coming_at(None, WINDOW)
        return position, _boards.dump_json(tuple(found))

    async def _read(self, key: str, value: bytes) -> tuple[Board, ...] | None:
        """None, and the key deleted, when the cache holds something else than boards."""
        try:
            return _boards.validate_json(value)
        except ValidationError:
            log.warning("the cache holds something else than boards", key=key)
            with suppress(CacheDown):
                await self._cache.run(self._cache.commands.delete(key))
            return None

    def _card(self, session_id: SessionId) -> str:
        return self._cache.key("board", version=2, identity=session_id)

    def _soonest(self) -> str:
        return self._cache.key("coming", version=2, identity="soonest")


def _is_after(board: Board, after: After) -> bool:
    session = board.session
    return (session.starts_at, session.id) > (after.starts_at, after.session_id)
