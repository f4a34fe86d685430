"""What is cached of sessions, and under which keys: whoever changes a thing makes its keys old."""

from collections.abc import Iterable, Iterator

from services.chassis.cache import Cache
from services.chassis.consistency import Position
from services.sessions.domain.evening_ports import LeaderOrder
from services.sessions.domain.values import SessionId, UserId


class CacheKeys:
    """The keys of one service's cache. A number is the version of a value's shape."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    def card(self, session_id: SessionId) -> str:
        """A session with everybody in it."""
        return self._cache.key("board", 3, session_id)

    def soonest(self) -> str:
        """The first of the coming sessions, as cards are."""
        return self._cache.key("coming", 3, "soonest")

    def evening(self, session_id: SessionId) -> str:
        """What was played in a session, once it has begun."""
        return self._cache.key("evening", 1, session_id)

    def person(self, user_id: UserId) -> str:
        """A person's figures, of all seasons."""
        return self._cache.key("figures", 1, user_id)

    def leaders(self, season: int, order: LeaderOrder) -> str:
        """The first of a season's leaders."""
        return self._cache.key("leaders", 1, f"{season}:{order.value}")

    def all_leaders(self, season: int) -> Iterator[str]:
        """In every order."""
        return (self.leaders(season, order) for order in LeaderOrder)

    async def forget(self, keys: Iterable[str], position: Position) -> None:
        """What was read before `position` is old."""
        await self._cache.invalidate(keys, position)
