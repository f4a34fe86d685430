"""Cards and the list of coming sessions, cached for all viewers alike.

A viewer's own entry is cut from the board, so that a crowd shares one value. The soonest
sessions are one value too: it serves every page that lies within, and a commit makes it a miss.
My sessions, organisers' lists and venues are not cached.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from services.chassis.cache import Cache
from services.chassis.consistency import Position
from services.sessions.domain.boards import After, Board
from services.sessions.domain.values import Session, SessionId, UserId, Venue
from services.sessions.storage.boards import SqlBoards
from services.sessions.storage.cache_keys import CacheKeys
from services.sessions.storage.cached_values import CachedValues

# How many of the coming sessions are kept as one value: a few pages.
WINDOW = 20


class CachedBoards:
    """The port `Boards`: the cache, then a replica, then the primary."""

    def __init__(self, boards: SqlBoards, cache: Cache, *, ttl: float) -> None:
        self._boards = boards
        self._cache = cache
        self._ttl = ttl
        self._keys = CacheKeys(cache)
        self._values = CachedValues(cache, tuple[Board, ...])

    async def of_session(self, session_id: SessionId) -> Board | None:
        """None: no such session."""
        return (await self.of_sessions([session_id]))[0]

    async def of_sessions(self, session_ids: Sequence[SessionId]) -> Sequence[Board | None]:
        """None: no such session."""
        keys = {self._keys.card(session_id): session_id for session_id in session_ids}

        async def load(missing: Sequence[str]) -> tuple[Position, list[bytes | None]]:
            position, found = await self._boards.of_sessions_at([keys[key] for key in missing])
            return position, [self._values.packed((board,)) if board else None for board in found]

        values = await self._cache.fetch_many(list(keys), load, self._ttl)
        boards = [
            await self._values.read(key, value) if value is not None else ()
            for key, value in zip(keys, values, strict=True)
        ]
        return [
            await self._boards.of_session(session_id) if board is None else next(iter(board), None)
            for session_id, board in zip(session_ids, boards, strict=True)
        ]

    async def coming(self, after: After | None, count: int) -> Sequence[Board]:
        """Planned and not started, the soonest first."""
        key = self._keys.soonest()
        value = await self._cache.fetch(key, self._load_soonest, self._ttl)
        soonest = await self._values.read(key, value)
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

    async def _load_soonest(self) -> tuple[Position, bytes]:
        position, found = await self._boards.coming_at(None, WINDOW)
        return position, self._values.packed(tuple(found))


def _is_after(board: Board, after: After) -> bool:
    session = board.session
    return (session.starts_at, session.id) > (after.starts_at, after.session_id)
