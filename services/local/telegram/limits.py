"""Telegram's sending limits, as buckets that refill: a burst is tolerated, a stream is not.

The figures are the FAQ's (1/s in a chat, 20/min in a group, 30/s in all); the burst a private
chat tolerates is unpublished, so it is a guess on the generous side.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from services.local.telegram.errors import too_many_requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    per_second: float
    burst: int


IN_A_CHAT = Limit(per_second=1.0, burst=20)
IN_A_GROUP = Limit(per_second=20 / 60, burst=20)
IN_ALL = Limit(per_second=30.0, burst=30)


@dataclass(slots=True, kw_only=True)
class Limits:
    """One per bot; `clock` gives seconds and only has to move forward."""

    clock: Callable[[], float]
    enabled: bool = True
    _full_at: dict[str, float] = field(default_factory=dict)

    def spend(self, chat_id: int) -> None:
        """Take one message's worth for this chat, or raise ApiError 429 and take nothing."""
        if not self.enabled:
            return
        now = self.clock()
        chat = IN_A_GROUP if chat_id < 0 else IN_A_CHAT
        asked = (("all", IN_ALL), (str(chat_id), chat))
        self._refuse_if_early(asked, now)
        for key, limit in asked:
            full_at = max(self._full_at.get(key, now), now)
            self._full_at[key] = full_at + 1 / limit.per_second
        self._forget_the_idle(now)

    def _refuse_if_early(self, asked: Iterable[tuple[str, Limit]], now: float) -> None:
        for key, limit in asked:
            allowed_at = self._full_at.get(key, now) - (limit.burst - 1) / limit.per_second
            if allowed_at > now + 1e-6:
                raise too_many_requests(math.ceil(allowed_at - now))

    def _forget_the_idle(self, now: float) -> None:
        if len(self._full_at) > 10_000:
            self._full_at = {key: at for key, at in self._full_at.items() if at > now}
