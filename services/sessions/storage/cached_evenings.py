"""Evenings, figures and leaders from the cache; a commit makes what it changed a miss at once.

Before a session begins nothing is played in it: its evening is its board, and no key of its own.
"""

from collections.abc import Sequence

from services.chassis.cache import Cache
from services.chassis.consistency import Position
from services.sessions.domain.evening import Evening
from services.sessions.domain.evening_ports import Gathering, LeaderOrder
from services.sessions.domain.figures import CAREER, Figures
from services.sessions.domain.values import SessionId, Status, UserId
from services.sessions.storage.cache_keys import CacheKeys
from services.sessions.storage.cached_boards import CachedBoards
from services.sessions.storage.cached_values import CachedValues
from services.sessions.storage.figures import SqlStandings
from services.sessions.storage.matches import SqlEvenings

# How many of the leaders are kept as one value: a few pages.
WINDOW = 50


class CachedEvenings:
    """The port `Evenings`: the cache, then a replica, then the primary."""

    def __init__(
        self, evenings: SqlEvenings, boards: CachedBoards, cache: Cache, *, ttl: float
    ) -> None:
        self._evenings = evenings
        self._boards = boards
        self._cache = cache
        self._keys = CacheKeys(cache)
        self._values = CachedValues(cache, Evening, remembered=32)
        self._ttl = ttl

    async def of_session(self, session_id: SessionId) -> Evening | None:
        """None: no such session."""
        board = await self._boards.of_session(session_id)
        if board is None:
            return None
        if board.session.status is Status.PLANNED:
            return Evening(session=board.session)

        async def load() -> tuple[Position, bytes | None]:
            position, evening = await self._evenings.of_session_at(session_id)
            return position, self._values.packed(evening) if evening else None

        key = self._keys.evening(session_id)
        value = await self._cache.fetch(key, load, self._ttl)
        evening = await self._values.read(key, value) if value is not None else None
        return evening or await self._evenings.of_session(session_id)

    async def gathering(self, session_id: SessionId) -> Gathering | None:
        """Of the primary: it decides who plays."""
        return await self._evenings.gathering(session_id)


class CachedStandings:
    """The port `Standings`: the cache, then a replica, then the primary."""

    def __init__(self, standings: SqlStandings, cache: Cache, *, ttl: float) -> None:
        self._standings = standings
        self._cache = cache
        self._keys = CacheKeys(cache)
        self._seasons = CachedValues(cache, dict[int, Figures])
        self._leaders = CachedValues(cache, tuple[Figures, ...], remembered=32)
        self._ttl = ttl

    async def of_person(self, user_id: UserId, season: int) -> tuple[Figures, Figures]:
        """Of the season, and of the career; zeros where he has not played."""

        async def load() -> tuple[Position, bytes]:
            position, found = await self._standings.of_person_at(user_id)
            return position, self._seasons.packed(found)

        key = self._keys.person(user_id)
        seasons = await self._seasons.read(key, await self._cache.fetch(key, load, self._ttl))
        if seasons is None:
            return await self._standings.of_person(user_id, season)
        none = Figures(user_id=user_id)
        return seasons.get(season, none), seasons.get(CAREER, none)

    async def leaders(
        self, season: int, order: LeaderOrder, offset: int, count: int
    ) -> Sequence[Figures]:
        """`count` of those who have figures in the season, after the first `offset`."""

        async def load() -> tuple[Position, bytes]:
            position, found = await self._standings.leaders_at(season, order, 0, WINDOW)
            return position, self._leaders.packed(tuple(found))

        if offset >= WINDOW:
            return await self._standings.leaders(season, order, offset, count)
        key = self._keys.leaders(season, order)
        first = await self._leaders.read(key, await self._cache.fetch(key, load, self._ttl))
        if first is None or (offset + count > WINDOW and len(first) == WINDOW):
            return await self._standings.leaders(season, order, offset, count)
        return first[offset : offset + count]
