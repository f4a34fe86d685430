"""What is not begun when more updates are under way than this process can answer in time: those
who only look are told "busy" first, those who want to change something much later.

Telegram brings at most `max_connections` (100) at once to all gateways together, so that many are
reached only where something slow lies behind, or where somebody else brings the updates. An update
that was held back before is never shed: it may have taken effect.
"""

from services.gateway.features.evening.callbacks import OpenEvening, RefreshEvening
from services.gateway.features.sessions.callbacks import OpenSession, RefreshSession, ShowPage
from services.gateway.incoming import Incoming, Kind
from services.gateway.shortcuts import command_in

MOST_UNDER_WAY = 512
"""Updates; of those who only look half as many."""

LOOKING = frozenset(
    kind.__prefix__ for kind in (ShowPage, OpenSession, RefreshSession, OpenEvening, RefreshEvening)
)
LOOKING_COMMANDS = frozenset({"start", "sessions", "my", "top", "help", "profile", "team"})


class Shedding:
    """Counts the updates under way, as a context manager around each."""

    def __init__(self, most: int = MOST_UNDER_WAY) -> None:
        self._most = most
        self._under_way = 0

    def __enter__(self) -> None:
        self._under_way += 1

    def __exit__(self, *_: object) -> None:
        self._under_way -= 1

    def is_full(self) -> bool:
        """True when nothing more is begun."""
        return self._under_way > self._most

    def turns_away(self, incoming: Incoming) -> bool:
        """True when this one, who only looks, is not begun."""
        return self._under_way > self._most // 2 and _only_looks(incoming)


def _only_looks(incoming: Incoming) -> bool:
    if incoming.kind is Kind.TAP:
        return (incoming.data or "").partition(":")[0] in LOOKING
    command = command_in(incoming.text) if incoming.text.startswith("/") else None
    return command is not None and command.name in LOOKING_COMMANDS
