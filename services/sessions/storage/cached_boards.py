"""Cards and the list of coming sessions, cached for all viewers alike.

A viewer's own entry is cut from the board, so that a crowd shares one value. The soonest
sessions are one value too: it serves every page that lies within, and a commit makes it a miss.
My sessions, organisers' lists and venues are not cached.
"""

import itertools
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, datetime

import msgspec
import structlog

from services.chassis.cache import Cache, CacheDown
from services.chassis.consistency import Position
from services.sessions.domain.boards import After, Board
from services.sessions.domain.values import Session, SessionId, UserId, Venue
from services.sessions.storage.boards import SqlBoards

# How many of the coming sessions are kept as one value: a few pages.
WINDOW = 20
# So many values are kept as they were read last: as long as the cache has the same bytes, nothing
# is read anew.
REMEMBERED = 256

log = structlog.get_logger(__name__)
_decoder = msgspec.json.Decoder(tuple[Board, ...])
_encoder = msgspec.json.Encoder()


class CachedBoards:
    """The port `Boards`: the cache, then a replica, then the primary."""

    def __init__(self, boards: SqlBoards, cache: Cache, *, ttl: float) -> None:
        self._boards = boards
        self._cache = cache
        self._ttl = ttl
        self._read_last: dict[str, tuple[bytes, tuple[Board, ...]]] = {}

    async def of_session(self, session_id: SessionId) -> Board | None:
        """None: no such session."""
        return (await self.of_sessions([session_id]))[0]

    async def of_sessions(self, session_ids: Sequence[SessionId]) -> Sequence[Board | None]:
        """None: no such session."""
        keys = {self._card(session_id): session_id for session_id in session_ids}

        async def load(missing: Sequence[str]) -> tuple[Position, list[bytes | None]]:
            position, found = await self._boards.of_sessions_at([keys[key] for key in missing])
            return position, [_encoder.encode((board,)) if board else None for board in found]

        values = await self._cache.fetch_many(list(keys), load, self._ttl)
        boards = [
            await self._read(key, value) if value is not None else ()
            for key, value in zip(keys, values, strict=True)
        ]
        return [
            await self._boards.of_session(session_id) if board is None else next(iter(board), None)
            for session_id, board in zip(session_ids, boards, strict=True)
        ]

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
        return position, _encoder.encode(found)

    async def _read(self, key: str, value: bytes) -> tuple[Board, ...] | None:
        """None, and the key deleted, when the cache holds something else than boards."""
        read, boards = self._read_last.get(key, (b"", ()))
        if read == value:
            return boards
        try:
            boards = _decoder.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError):
            log.warning("the cache holds something else than boards", key=key)
            with suppress(CacheDown):
                await self._cache.send("DEL", key)
            return None
        self._read_last.pop(key, None)
        if len(self._read_last) >= REMEMBERED:
            del self._read_last[next(iter(self._read_last))]
        self._read_last[key] = value, boards
        return boards

    def _card(self, session_id: SessionId) -> str:
        return self._cache.key("board", version=3, identity=session_id)

    def _soonest(self) -> str:
        return self._cache.key("coming", version=3, identity="soonest")


def _is_after(board: Board, after: After) -> bool:
    session = board.session
    return (session.starts_at, session.id) > (after.starts_at, after.session_id)
